package dev.banger.plugin.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.testkit.FakeContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionUseTest {
  @TempDir Path temp;
  private Guest guest;
  private final SessionUse use = new SessionUse();

  @BeforeEach
  void aGuest() {
    guest = new Guest(temp);
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private Optional<String> ask() throws InterruptedException {
    return use.use(Guest.WEB, new FakeContext("sessions", temp, guest.host));
  }

  private void awaitOutput(String session, long bytes) throws InterruptedException {
    while (guest.job(session).stdout().to() < bytes) {
      Thread.sleep(5);
    }
  }

  @Test
  void a_session_that_only_waits_uses_nothing() throws Exception {
    guest.start("wait", "sleep", "600");

    assertThat(ask()).isEmpty();
    assertThat(ask()).isEmpty();
  }

  @Test
  void a_session_that_somebody_looks_at_is_a_use_until_he_leaves() throws Exception {
    guest.start("wait", "sleep", "600");
    JobView view = new JobView(JobView.NOW, JobView.NOW, true, false, JobView.Input.NONE);
    try (JobConnection _ = guest.named("wait").connect(view)) {
      while (guest.job("wait").connections() == 0) {
        Thread.sleep(5);
      }
      assertThat(ask()).contains("session wait");
      assertThat(ask()).contains("session wait");
    }
    while (guest.job("wait").connections() > 0) {
      Thread.sleep(5);
    }
    assertThat(ask()).isEmpty();
  }

  @Test
  void what_a_session_wrote_since_the_last_look_is_a_use_once() throws Exception {
    Path go = temp.resolve("go");
    guest.start("talk", "sh", "-c", "while [ ! -e " + go + " ]; do sleep 0.05; done; echo hello");
    assertThat(ask()).isEmpty();

    Files.createFile(go);
    awaitOutput("talk", 6);
    assertThat(ask()).contains("session talk");
    assertThat(ask()).isEmpty();
  }

  @Test
  void what_was_written_before_the_first_look_is_of_no_known_time() throws Exception {
    guest.start("talk", "echo", "hello");
    var _ = guest.ended("talk");

    assertThat(ask()).isEmpty();
    use.forget(Guest.WEB);
    assertThat(ask()).isEmpty();
  }
}
