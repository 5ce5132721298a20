package dev.banger.core.guest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.banger.core.lifecycle.GuestJobLink;
import dev.banger.core.lifecycle.GuestJobLink.Connection;
import dev.banger.core.lifecycle.GuestJobLink.Input;
import dev.banger.core.lifecycle.GuestJobLink.Job;
import dev.banger.core.lifecycle.GuestJobLink.Output;
import dev.banger.core.lifecycle.GuestJobLink.Spec;
import dev.banger.core.lifecycle.GuestJobLink.State;
import dev.banger.core.lifecycle.GuestJobLink.View;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that get into each other's way, into that of the agent, or come in great numbers. */
@Timeout(180)
class JobsInTroubleIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final View ALL = new View(-1, -1, true, true, Input.NONE);
  private static final int KILL = 9;

  private AgentProcess agent;
  private GuestLink link;

  private void start(String... properties) throws IOException, InterruptedException {
    agent = AgentProcess.start(properties);
    link = agent.connect();
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    for (Job job : jobs().list(LONG)) {
      jobs().signal(job.id(), KILL, LONG);
      await(job.id(), now -> now.state() != State.RUNNING);
      jobs().forget(job.id(), LONG);
    }
    link.close();
    agent.close();
  }

  private GuestJobLink jobs() {
    return link.jobs();
  }

  private void killAgent() throws IOException, InterruptedException {
    agent.kill();
    link.close();
    agent.startAnew();
    link = agent.connect();
  }

  private void run(String id, String... command) {
    jobs().start(new Spec(id, List.of(command), "/", Map.of(), false, 0, 0, 1 << 20, true), LONG);
  }

  private Told all(String id) throws IOException, InterruptedException {
    try (Connection connection = jobs().connect(id, ALL, LONG)) {
      return Told.read(connection);
    }
  }

  private Job await(String id, Predicate<Job> condition) throws InterruptedException {
    Job job = jobs().show(id, LONG);
    while (!condition.test(job)) {
      Thread.sleep(20);
      job = jobs().show(id, LONG);
    }
    return job;
  }

  private static String numbers(int upTo) {
    return IntStream.rangeClosed(1, upTo).mapToObj(i -> i + "\n").collect(Collectors.joining());
  }

  /** BusyBox's cat has the kernel copy, which holds the pipe while nothing comes. */
  private String holder() {
    String fifo = agent.dir.resolve("fifo").toString();
    return "[ -e %s ] || mkfifo %s; exec 3<>%s; echo held >&3; exec busybox cat %s"
        .formatted(fifo, fifo, fifo, fifo);
  }

  @Test
  void a_program_that_holds_its_output_holds_up_no_other_and_no_request() throws Exception {
    start();
    run("held", "sh", "-c", holder());
    for (int i = 0; i < 3; i++) {
      run("other" + i, "seq", "1", "300000");
      assertThat(all("other" + i).stdout()).isEqualTo(numbers(300_000));
      assertThat(jobs().list(LONG)).hasSize(i + 2);
    }
    killAgent();
    run("after", "seq", "1", "300000");
    assertThat(all("after").stdout()).isEqualTo(numbers(300_000));
    assertThat(jobs().show("held", LONG).state()).isEqualTo(State.RUNNING);
    jobs().signal("held", KILL, LONG);
    Told told = all("held");
    assertThat(told.stdout()).isEqualTo("held\n");
    assertThat(told.ended().exitCode()).hasValue(137);
  }

  @Test
  void a_job_ends_though_something_of_it_holds_its_output() throws Exception {
    start();
    // Out of the group, where no signal reaches it.
    run("leaves", "sh", "-c", "setsid sh -c '" + holder() + "' & exit 4");
    await("leaves", job -> job.pid() == 0);
    jobs().signal("leaves", KILL, LONG);
    assertThat(all("leaves").ended().exitCode()).hasValue(4);
    // Nobody else ends what was left behind.
    Path fifo = agent.dir.resolve("fifo");
    Files.write(fifo, new byte[1 << 10]);
  }

  @Test
  void signals_reach_what_a_command_has_left_of_its_group() throws Exception {
    start();
    String stays = "trap '' HUP; (trap '' TERM; exec <&- >&- 2>&-; exec sleep 1000) & exit 4";
    run("leaves", "sh", "-c", stays);
    run("after", "sh", "-c", stays);
    run("alone", "true");
    for (String id : List.of("leaves", "after", "alone")) {
      await(id, job -> job.state() == State.ENDED);
    }
    assertThat(jobs().show("alone", LONG).pid()).isZero();
    jobs().signal("alone", KILL, LONG);
    assertThat(jobs().show("leaves", LONG).pid()).isPositive();
    jobs().signal("leaves", 15, LONG);
    assertThat(jobs().show("leaves", LONG).pid()).isPositive();
    jobs().signal("leaves", KILL, LONG);
    assertThat(await("leaves", job -> job.pid() == 0).exitCode()).hasValue(4);
    // The next agent knows of it too.
    long group = jobs().show("after", LONG).pid();
    killAgent();
    assertThat(jobs().show("after", LONG).pid()).isEqualTo(group);
    jobs().signal("after", KILL, LONG);
    await("after", job -> job.pid() == 0);
    assertThat(jobs().show("leaves", LONG).pid()).isZero();
  }

  @Test
  void a_pipe_that_is_held_after_the_end_is_given_up_without_being_asked() throws Exception {
    start("patience=1");
    run("leaves", "sh", "-c", "(" + holder() + ") & exit 4");
    assertThat(all("leaves").ended().exitCode()).hasValue(4);
    jobs().signal("leaves", KILL, LONG);
    await("leaves", job -> job.pid() == 0);
  }

  @Test
  void a_full_disk_makes_a_job_wait_and_loses_nothing(@TempDir Path dir) throws Exception {
    Path full = Files.createFile(dir.resolve("full"));
    start("full-while=" + full);
    run("count", "sh", "-c", "seq 1 300000; exit 3");
    run("ended", "sh", "-c", "echo x; exit 5");
    String words = "no space is left on the guest's disk: it waits";
    assertThat(await("count", job -> !job.remark().isEmpty()).remark()).isEqualTo(words);
    // It has ended, what it wrote has no place yet; the agent's death takes nothing of it.
    assertThat(await("ended", job -> job.pid() == 0).remark()).isEqualTo(words);
    assertThat(jobs().show("ended", LONG).state()).isEqualTo(State.RUNNING);
    killAgent();
    assertThat(await("count", job -> !job.remark().isEmpty()).state()).isEqualTo(State.RUNNING);
    Files.delete(full);
    assertThat(all("count").stdout()).isEqualTo(numbers(300_000));
    assertThat(all("count").ended().exitCode()).hasValue(3);
    assertThat(all("ended").stdout()).isEqualTo("x\n");
    assertThat(all("ended").ended().remark()).isEmpty();
  }

  @Test
  void who_has_no_time_for_a_full_disk_kills_and_loses_what_was_not_kept(@TempDir Path dir)
      throws Exception {
    start("full-while=" + Files.createFile(dir.resolve("full")));
    run("ended", "sh", "-c", "echo x; exit 5");
    await("ended", job -> job.pid() == 0);
    jobs().signal("ended", KILL, LONG);
    Told told = all("ended");
    assertThat(told.stdout()).isEmpty();
    assertThat(told.ended().exitCode()).hasValue(5);
  }

  @Test
  void input_is_handed_on_twice_at_most_by_one_write_that_was_not_noted() throws Exception {
    start();
    run("cat", "cat");
    View sends = new View(-1, -1, true, true, Input.ALONE);
    try (Connection connection = jobs().connect("cat", sends, LONG)) {
      connection.write("one\n".getBytes(UTF_8), 0, 4);
      await("cat", job -> job.inputBytes() == 4);
      connection.write("two\n".getBytes(UTF_8), 0, 4);
      await("cat", job -> job.inputBytes() == 8 && job.stdout().to() == 8);
    }
    agent.kill();
    link.close();
    // As if the kill had come between the second write and the note of it.
    Path note = agent.dir.resolve("root/var/lib/banger/jobs/cat/input-count");
    Files.write(note, new byte[] {0, 0, 0, 0, 0, 0, 0, 4});
    agent.startAnew();
    link = agent.connect();
    try (Connection connection = jobs().connect("cat", sends, LONG)) {
      assertThat(connection.job().inputBytes()).isEqualTo(4);
      connection.write("two\nend\n".getBytes(UTF_8), 0, 8);
      connection.endInput();
      assertThat(Told.read(connection).stdout()).isEqualTo("one\ntwo\ntwo\nend\n");
    }
  }

  /**
   * A BusyBox as on a machine so busy that the shell which holds a job's input takes its first step
   * only once that input has ended.
   */
  private static Path lateHolder(Path dir) throws IOException {
    Path busybox = Path.of("/bin/busybox");
    Path real = Files.exists(busybox) ? busybox : Path.of("/usr/bin/busybox");
    Path late = dir.resolve("busybox");
    Files.writeString(
        late,
        """
        #!%s sh
        wait='until [ -e "$1/input-ended" ]; do sleep 0.1; done; sleep 0.3; : >%s/late'
        if [ "$1" = setsid ] && [ "$4" = -c ]; then
          script=$(echo "$5" | sed "s|^ *cd /\\$|$wait; cd /|")
          shift 5
          set -- setsid "$0" sh -c "$script" "$@"
        fi
        exec %s "$@"
        """
            .formatted(real, dir, real));
    Files.setPosixFilePermissions(late, PosixFilePermissions.fromString("rwx------"));
    return late;
  }

  @Test
  void the_end_of_input_reaches_a_job_whose_holder_is_late(@TempDir Path dir) throws Exception {
    start("busybox=" + lateHolder(dir));
    run("cat", "cat");
    View sends = new View(-1, -1, true, true, Input.ALONE);
    try (Connection connection = jobs().connect("cat", sends, LONG)) {
      connection.write("one\n".getBytes(UTF_8), 0, 4);
      connection.endInput();
      Told told = CompletableFuture.supplyAsync(() -> told(connection)).get(30, TimeUnit.SECONDS);
      assertThat(told.stdout()).isEqualTo("one\n");
      assertThat(told.ended().exitCode()).hasValue(0);
    }
    assertThat(dir.resolve("late")).exists();
  }

  private static Told told(Connection connection) {
    try {
      return Told.read(connection);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_job_is_told_of_with_the_directory_that_it_really_got() throws Exception {
    start();
    Spec spec = new Spec("where", List.of("pwd"), "", Map.of(), false, 0, 0, 1 << 20, false);
    String told = jobs().start(spec, LONG).cwd();
    assertThat(told).startsWith("/");
    assertThat(all("where").stdout()).isEqualTo(told + "\n");
  }

  @Test
  void the_oldest_that_has_ended_makes_room_and_none_that_runs() throws Exception {
    start("jobs=3");
    for (int i = 0; i < 4; i++) {
      run("n" + i, "echo", "x");
      await("n" + i, job -> job.state() == State.ENDED);
    }
    assertThat(jobs().list(LONG)).extracting(Job::id).containsExactly("n1", "n2", "n3");
    assertThat(agent.dir.resolve("root/var/lib/banger/jobs/n0")).doesNotExist();
    for (int i = 0; i < 3; i++) {
      run("long" + i, "sleep", "1000");
    }
    assertThatExceptionOfType(BangerException.class)
        .isThrownBy(() -> run("more", "true"))
        .withMessageContaining("all 3 jobs that a guest may have are running")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(ErrorKind.GUEST));
    assertThat(jobs().list(LONG)).extracting(Job::id).containsExactly("long0", "long1", "long2");
  }

  @Test
  void output_is_whole_where_splicing_is_refused() throws Exception {
    start("no-splice=true");
    run("count", "sh", "-c", "seq 1 300000; seq 1 300000 >&2; exit 3");
    Told told = all("count");
    assertThat(told.stdout()).isEqualTo(numbers(300_000));
    assertThat(told.stderr()).isEqualTo(numbers(300_000));
    assertThat(told.ended().exitCode()).hasValue(3);
    assertThat(agent.log()).anyMatch(line -> line.contains("output is copied"));
  }

  @Test
  void a_kill_of_the_agent_after_the_end_of_the_command_loses_nothing() throws Exception {
    start();
    Path jobs = agent.dir.resolve("root/var/lib/banger/jobs");
    for (String mark : List.of("exit", "exit", "ended", "ended")) {
      String id = mark + agent.pid();
      run(id, "sh", "-c", "seq 1 10000; seq 1 10000 >&2; exit 9");
      while (!Files.exists(jobs.resolve(id).resolve(mark))) {
        Thread.onSpinWait();
      }
      killAgent();
      if (mark.equals("exit")) {
        killAgent();
      }
      Told told = all(id);
      assertThat(told.stdout()).isEqualTo(numbers(10_000));
      assertThat(told.stderr()).isEqualTo(numbers(10_000));
      assertThat(told.ended().exitCode()).hasValue(9);
    }
  }

  @Test
  void much_goes_through_a_job_and_stays_nowhere() throws Exception {
    start();
    run("cat", "cat");
    int pieces = 200;
    byte[] piece = new byte[1 << 20];
    for (int i = 0; i < piece.length; i++) {
      piece[i] = (byte) (i * 31 + (i >> 8));
    }
    CRC32C sent = new CRC32C();
    CRC32C got = new CRC32C();
    long before = resident();
    try (Connection connection =
        jobs().connect("cat", new View(-1, -1, true, true, Input.ALONE), LONG)) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  for (int i = 0; i < pieces; i++) {
                    piece[0] = (byte) i;
                    sent.update(piece);
                    connection.write(piece, 0, piece.length);
                  }
                  connection.endInput();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      long bytes = 0;
      while (connection.next() instanceof Output output) {
        got.update(output.bytes());
        bytes += output.bytes().length;
      }
      writing.get(60, TimeUnit.SECONDS);
      assertThat(bytes).isEqualTo((long) pieces * piece.length);
    }
    assertThat(got.getValue()).isEqualTo(sent.getValue());
    assertThat(resident() - before).isLessThan(64 << 10);
  }

  /** Of the agent, in KiB. */
  private long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + agent.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }
}
