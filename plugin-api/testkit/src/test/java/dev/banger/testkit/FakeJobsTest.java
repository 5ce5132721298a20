package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.Permission;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FakeJobsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final FakeVm WEB = FakeVm.running("web");
  private static final JobView SENDS =
      new JobView(JobView.OLDEST, JobView.OLDEST, true, true, JobView.Input.ALONE);

  @TempDir Path guests;
  private FakeCapabilityHost host;

  @BeforeEach
  void host() {
    host = new FakeCapabilityHost(Set.of(Permission.GUEST_EXEC), guests).with(WEB);
  }

  @AfterEach
  void stop() {
    host.stopJobs();
  }

  private void start(String id, String... argv) {
    host.startJob(
        WEB,
        new GuestJobSpec(
            id, List.of(argv), "", Map.of(), Optional.empty(), GuestJobSpec.LEAST_KEPT, false),
        LIMIT);
  }

  private static String rest(JobConnection connection) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    JobConnection.Event event = connection.next();
    while (event != null) {
      if (event instanceof JobConnection.Output output) {
        all.writeBytes(output.bytes());
      }
      event = connection.next();
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_job_answers_what_it_is_sent_and_keeps_its_exit_code() throws Exception {
    start("cat", "sh", "-c", "cat; exit 3");
    try (JobConnection connection = host.connect(WEB, "cat", SENDS, LIMIT)) {
      assertThatThrownBy(() -> host.connect(WEB, "cat", SENDS, LIMIT))
          .isInstanceOfSatisfying(
              CapabilityException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.CONFLICT));
      connection.write("hello".getBytes(StandardCharsets.UTF_8), 0, 5);
      connection.endInput();
      assertThat(rest(connection)).isEqualTo("hello");
    }
    assertThat(host.job(WEB, "cat", LIMIT).exitCode()).hasValue(3);
    host.forget(WEB, "cat", LIMIT);
    assertThat(host.jobs(WEB, LIMIT)).isEmpty();
  }

  @Test
  void a_job_outlives_the_link_and_not_the_guest() throws Exception {
    start("endless", "sleep", "1000");
    JobConnection connection = host.connect(WEB, "endless", SENDS, LIMIT);
    host.cutJobs();
    assertThatThrownBy(connection::next).isInstanceOf(IOException.class);
    assertThat(host.job(WEB, "endless", LIMIT).isRunning()).isTrue();
    host.stopJobs();
    assertThat(host.job(WEB, "endless", LIMIT).state()).isEqualTo(GuestJob.State.LOST);
  }

  @Test
  void a_signal_ends_a_job() throws Exception {
    start("endless", "sleep", "1000");
    host.signal(WEB, "endless", 15, LIMIT);
    try (JobConnection connection = host.connect(WEB, "endless", SENDS, LIMIT)) {
      rest(connection);
    }
    assertThat(host.job(WEB, "endless", LIMIT).exitCode()).hasValue(143);
  }
}
