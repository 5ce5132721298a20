package dev.banger.core.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.banger.core.lifecycle.GuestJobLink;
import dev.banger.core.lifecycle.GuestJobLink.Connection;
import dev.banger.core.lifecycle.GuestJobLink.Dropped;
import dev.banger.core.lifecycle.GuestJobLink.Event;
import dev.banger.core.lifecycle.GuestJobLink.Input;
import dev.banger.core.lifecycle.GuestJobLink.Job;
import dev.banger.core.lifecycle.GuestJobLink.Output;
import dev.banger.core.lifecycle.GuestJobLink.Spec;
import dev.banger.core.lifecycle.GuestJobLink.State;
import dev.banger.core.lifecycle.GuestJobLink.View;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs of the real agent, in a process of its own that is killed and started anew. */
@Timeout(180)
class JobsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int KEEP = 1 << 20;
  private static final View ALL = new View(-1, -1, true, true, Input.NONE);

  private AgentProcess agent;
  private GuestLink link;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    agent = AgentProcess.start();
    link = agent.connect();
  }

  @AfterEach
  void stop() {
    for (Job job : jobs().list(LONG)) {
      jobs().signal(job.id(), 9, LONG);
      finish(job.id());
      jobs().forget(job.id(), LONG);
    }
    link.close();
    agent.close();
  }

  private void finish(String id) {
    View view = new View(-2, -2, true, false, Input.NONE);
    try (Connection connection = jobs().connect(id, view, LONG)) {
      Told.read(connection);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
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

  private static Spec spec(String id, String... command) {
    return new Spec(id, List.of(command), "/", Map.of(), false, 0, 0, KEEP, false);
  }

  private static Spec waiting(String id, String... command) {
    return new Spec(id, List.of(command), "/", Map.of(), false, 0, 0, KEEP, true);
  }

  private static Spec terminal(String id, String... command) {
    return new Spec(id, List.of(command), "/", Map.of(), true, 30, 100, KEEP, false);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Told all(String id) throws IOException, InterruptedException {
    try (Connection connection = jobs().connect(id, ALL, LONG)) {
      return Told.read(connection);
    }
  }

  private static byte[] readAtLeast(Connection connection, int bytes)
      throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (out.size() < bytes && connection.next() instanceof Output output) {
      out.writeBytes(output.bytes());
    }
    return out.toByteArray();
  }

  private static void assertRefused(Runnable call, ErrorKind kind, String words) {
    assertThatExceptionOfType(BangerException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
        .withMessageContaining(words);
  }

  @Test
  void a_job_keeps_its_outputs_apart_and_its_exit_code() throws Exception {
    Spec spec =
        new Spec(
            "one",
            List.of("sh", "-c", "pwd; echo $K >&2; exit 7"),
            "/usr",
            Map.of("K", "a b"),
            false,
            0,
            0,
            KEEP,
            false);
    Job begun = jobs().start(spec, LONG);

    Told told = all("one");

    assertThat(begun.command()).containsExactly("sh", "-c", "pwd; echo $K >&2; exit 7");
    assertThat(told.stdout()).isEqualTo("/usr\n");
    assertThat(told.stderr()).isEqualTo("a b\n");
    assertThat(told.ended().exitCode()).hasValue(7);
    assertThat(told.ended().state()).isEqualTo(State.ENDED);
    assertThat(told.ended().envNames()).containsExactly("K");
    assertThat(told.ended().endedAt()).isPresent();
    assertThat(jobs().show("one", LONG).exitCode()).hasValue(7);
    assertThat(jobs().list(LONG)).extracting(Job::id).containsExactly("one");
    jobs().forget("one", LONG);
    assertRefused(() -> jobs().show("one", LONG), ErrorKind.NOT_FOUND, "no job one");
    jobs().forget("one", LONG);
  }

  @Test
  void a_job_that_dies_of_a_signal_says_which() throws Exception {
    jobs().start(spec("endless", "sleep", "1000"), LONG);
    assertRefused(() -> jobs().forget("endless", LONG), ErrorKind.ILLEGAL_STATE, "runs");
    jobs().signal("endless", 19, LONG);
    jobs().signal("endless", 15, LONG);
    assertThat(all("endless").ended().exitCode()).hasValue(143);
    jobs().signal("endless", 15, LONG);
  }

  @Test
  void interrupts_are_not_ignored() throws Exception {
    jobs().start(spec("endless", "sleep", "1000"), LONG);
    jobs().signal("endless", 2, LONG);
    assertThat(all("endless").ended().exitCode()).hasValue(130);
  }

  @Test
  void what_cannot_be_started_is_refused_with_the_reason() {
    assertRefused(
        () -> jobs().start(spec("x", "no-such-command"), LONG), ErrorKind.NOT_FOUND, "no-such");
    assertRefused(() -> jobs().start(spec("x", "/etc"), LONG), ErrorKind.GUEST, "directory");
    assertRefused(() -> jobs().start(spec("../x", "true"), LONG), ErrorKind.INVALID, "id");
    jobs().start(spec("x", "true"), LONG);
    assertRefused(
        () -> jobs().start(spec("x", "true"), LONG), ErrorKind.CONFLICT, "x in the guest already");
  }

  @Test
  void input_reaches_the_job_and_ends() throws Exception {
    jobs().start(spec("cat", "cat"), LONG);
    try (Connection one = jobs().connect("cat", new View(-1, -1, true, true, Input.ALONE), LONG)) {
      assertRefused(
          () -> jobs().connect("cat", new View(-1, -1, true, true, Input.SHARED), LONG),
          ErrorKind.CONFLICT,
          "somebody else");
      one.write("hello\n".getBytes(StandardCharsets.UTF_8), 0, 6);
      assertThat(readAtLeast(one, 6)).asString().isEqualTo("hello\n");
    }
    View shared = new View(-1, -1, true, true, Input.SHARED);
    try (Connection two = jobs().connect("cat", shared, LONG);
        Connection three = jobs().connect("cat", shared, LONG)) {
      two.write("a".getBytes(StandardCharsets.UTF_8), 0, 1);
      assertThat(readAtLeast(two, 7)).asString().isEqualTo("hello\na");
      three.write("b".getBytes(StandardCharsets.UTF_8), 0, 1);
      three.endInput();
      Told told = Told.read(three);
      assertThat(told.stdout()).isEqualTo("hello\nab");
      assertThat(told.ended().exitCode()).hasValue(0);
      assertThat(told.ended().inputBytes()).isEqualTo(8);
      assertThat(told.ended().inputOpen()).isFalse();
    }
  }

  private static String numbers(int upTo) {
    StringBuilder all = new StringBuilder();
    IntStream.rangeClosed(1, upTo).forEach(i -> all.append(i).append('\n'));
    return all.toString();
  }

  @Test
  void no_byte_is_lost_or_doubled_when_the_agent_is_killed_again_and_again() throws Exception {
    int last = 600_000;
    String expected = numbers(last);
    Spec spec =
        new Spec(
            "count",
            List.of("sh", "-c", "seq 1 " + last + "; seq 1 " + last + " >&2; exit 3"),
            "/",
            Map.of(),
            false,
            0,
            0,
            64 << 20,
            true);
    jobs().start(spec, LONG);
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    for (int round = 0; round < 6; round++) {
      try (Connection connection =
          jobs().connect("count", new View(seen.size(), -1, true, true, Input.NONE), LONG)) {
        seen.writeBytes(readAtLeastOfOne(connection, 300_000 * (round % 3)));
      }
      killAgent();
    }

    Told told = all("count");

    assertThat(told.stdout()).isEqualTo(expected);
    assertThat(told.stderr()).isEqualTo(expected);
    assertThat(expected).startsWith(text(seen));
    assertThat(told.ended().exitCode()).hasValue(3);
  }

  private static byte[] readAtLeastOfOne(Connection connection, int bytes)
      throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Event event = bytes == 0 ? null : connection.next();
    while (event instanceof Output output) {
      if (!output.error()) {
        out.writeBytes(output.bytes());
      }
      event = out.size() < bytes ? connection.next() : null;
    }
    return out.toByteArray();
  }

  @Test
  void what_a_job_did_while_no_agent_was_there_is_found_by_the_next() throws Exception {
    Path go = agent.dir.resolve("go");
    String script =
        "echo begun; while [ ! -e " + go + " ]; do sleep 0.05; done; echo gone on; exit 5";
    jobs().start(spec("alone", "sh", "-c", script), LONG);
    agent.kill();
    link.close();
    Files.createFile(go);
    Path exit = agent.dir.resolve("root/var/lib/banger/jobs/alone/exit");
    while (!Files.exists(exit)) {
      Thread.sleep(10);
    }
    agent.startAnew();
    link = agent.connect();

    Told told = all("alone");

    assertThat(told.stdout()).isEqualTo("begun\ngone on\n");
    assertThat(told.ended().exitCode()).hasValue(5);
  }

  @Test
  void input_goes_on_after_the_agent_was_killed() throws Exception {
    jobs().start(spec("cat", "cat"), LONG);
    View view = new View(-1, -1, true, true, Input.ALONE);
    try (Connection connection = jobs().connect("cat", view, LONG)) {
      connection.write("one\n".getBytes(StandardCharsets.UTF_8), 0, 4);
      readAtLeast(connection, 4);
    }
    killAgent();
    try (Connection connection = jobs().connect("cat", view, LONG)) {
      assertThat(connection.job().inputBytes()).isEqualTo(4);
      connection.write("two\n".getBytes(StandardCharsets.UTF_8), 0, 4);
      connection.endInput();
      assertThat(Told.read(connection).stdout()).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void the_oldest_is_dropped_when_nobody_waits_for_it() throws Exception {
    String expected = numbers(1_000_000);
    jobs().start(spec("count", "seq", "1", "1000000"), LONG);
    finish("count");
    Job job = jobs().show("count", LONG);
    assertThat(job.stdout().to()).isEqualTo(expected.length());
    assertThat(job.stdout().from()).isPositive().isLessThanOrEqualTo(expected.length() - KEEP);

    Told fromTheBeginning;
    try (Connection connection =
        jobs().connect("count", new View(0, 0, true, false, Input.NONE), LONG)) {
      fromTheBeginning = Told.read(connection);
    }

    int from = (int) job.stdout().from();
    assertThat(fromTheBeginning.dropped()).containsExactly(new Dropped(false, 0, from));
    assertThat(fromTheBeginning.stdout()).isEqualTo(expected.substring(from));
    assertThat(all("count").dropped()).isEmpty();
    assertThat(all("count").stdout()).isEqualTo(expected.substring(from));
  }

  @Test
  void a_job_waits_for_a_slow_reader_that_insists_and_for_no_other() throws Exception {
    String expected = numbers(1_000_000);
    jobs().start(waiting("slow", "seq", "1", "1000000"), LONG);
    try (Connection slow = jobs().connect("slow", ALL, LONG)) {
      byte[] first = readAtLeast(slow, 1);
      jobs().start(spec("other", "seq", "1", "1000000"), LONG);
      finish("other");

      assertThat(jobs().show("other", LONG).stdout().to()).isEqualTo(expected.length());
      assertThat(jobs().show("slow", LONG).stdout().to()).isLessThan(expected.length());
      assertThat(jobs().show("slow", LONG).state()).isEqualTo(State.RUNNING);
      assertThat(new String(first, StandardCharsets.UTF_8) + Told.read(slow).stdout())
          .isEqualTo(expected);
    }
  }

  @Test
  void a_job_that_waits_and_that_nobody_reads_can_be_stopped() throws Exception {
    jobs().start(waiting("yes", "yes"), LONG);
    jobs().signal("yes", 15, LONG);
    finish("yes");
    assertThat(jobs().show("yes", LONG).exitCode()).hasValue(143);
  }

  @Test
  void two_viewers_see_the_same() throws Exception {
    jobs().start(waiting("count", "seq", "1", "300000"), LONG);
    List<CompletableFuture<Told>> both =
        List.of(
            CompletableFuture.supplyAsync(() -> quietly("count")),
            CompletableFuture.supplyAsync(() -> quietly("count")));
    for (CompletableFuture<Told> each : both) {
      assertThat(each.get(60, TimeUnit.SECONDS).stdout()).isEqualTo(numbers(300_000));
    }
  }

  private Told quietly(String id) {
    try {
      return all(id);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void what_is_kept_is_all_when_not_following() throws Exception {
    jobs().start(spec("half", "sh", "-c", "echo a; exec sleep 1000"), LONG);
    try (Connection following =
        jobs().connect("half", new View(-1, -1, true, false, Input.NONE), LONG)) {
      readAtLeast(following, 2);
    }
    try (Connection kept =
        jobs().connect("half", new View(-1, -1, false, false, Input.NONE), LONG)) {
      Told told = Told.read(kept);
      assertThat(told.stdout()).isEqualTo("a\n");
      assertThat(told.ended()).isNull();
    }
  }

  @Test
  void a_job_outlives_the_link() throws Exception {
    jobs().start(spec("half", "sh", "-c", "echo a; read x; echo $x"), LONG);
    Connection lost = jobs().connect("half", new View(-1, -1, true, true, Input.ALONE), LONG);
    readAtLeast(lost, 2);
    link.close();
    assertThatIOException().isThrownBy(lost::next);
    link = agent.connect();
    try (Connection again = jobs().connect("half", new View(2, 0, true, true, Input.ALONE), LONG)) {
      again.write("b\n".getBytes(StandardCharsets.UTF_8), 0, 2);
      assertThat(Told.read(again).stdout()).isEqualTo("b\n");
    }
  }

  @Test
  void a_background_process_does_not_keep_a_job_from_ending() throws Exception {
    Path go = agent.dir.resolve("go");
    String script = "(while [ ! -e " + go + " ]; do sleep 0.05; done; echo late) & echo now";
    jobs().start(spec("leaves", "sh", "-c", script), LONG);
    Told told = all("leaves");
    Files.createFile(go);
    assertThat(told.stdout()).isEqualTo("now\n");
    assertThat(told.ended().exitCode()).hasValue(0);
  }

  @Test
  void fifty_jobs_run_at_once() throws Exception {
    for (int i = 0; i < 50; i++) {
      jobs().start(spec("n" + i, "sh", "-c", "read x; echo " + i + " $x; exit " + i), LONG);
    }
    killAgent();
    assertThat(jobs().list(LONG)).hasSize(50).allMatch(job -> job.state() == State.RUNNING);
    for (int i = 0; i < 50; i++) {
      try (Connection connection =
          jobs().connect("n" + i, new View(-1, -1, true, true, Input.ALONE), LONG)) {
        connection.write("go\n".getBytes(StandardCharsets.UTF_8), 0, 3);
        Told told = Told.read(connection);
        assertThat(told.stdout()).isEqualTo(i + " go\n");
        assertThat(told.ended().exitCode()).isEqualTo(OptionalInt.of(i));
      }
    }
  }

  @Test
  void what_makes_no_sense_in_the_directory_of_jobs_is_as_good_as_not_there() throws Exception {
    jobs().start(spec("good", "echo", "good"), LONG);
    jobs().start(spec("older", "sleep", "1000"), LONG);
    jobs().signal("older", 9, LONG);
    finish("good");
    finish("older");
    agent.kill();
    link.close();
    Path dir = agent.dir.resolve("root/var/lib/banger/jobs");
    Files.createDirectories(dir.resolve("empty"));
    Files.createDirectories(dir.resolve("NO ID"));
    Files.writeString(dir.resolve("a-file"), "x");
    Files.createDirectories(dir.resolve("garbage"));
    Files.write(dir.resolve("garbage/job"), new byte[] {0, 0, 0, 9, 40, 1, 2, 3});
    Files.createDirectories(dir.resolve("liar"));
    Files.copy(dir.resolve("good/job"), dir.resolve("liar/job"));
    Files.copy(dir.resolve("good/born"), dir.resolve("liar/born"));
    Files.writeString(dir.resolve("good/out.99999999999999999999"), "x");
    Files.writeString(dir.resolve("good/out.x"), "x");
    Files.writeString(dir.resolve("good/ended"), "0 1\nmore");
    // As after a reboot.
    Files.writeString(dir.resolve("older/born"), "another-boot 1\n");
    Files.delete(dir.resolve("older/ended"));
    agent.startAnew();
    link = agent.connect();

    assertThat(jobs().list(LONG)).extracting(Job::id).containsExactly("older", "good");
    assertThat(jobs().show("older", LONG).state()).isEqualTo(State.LOST);
    assertThat(jobs().show("older", LONG).exitCode()).isEmpty();
    assertThat(jobs().show("older", LONG).remark()).contains("went down");
    assertThat(all("good").stdout()).isEqualTo("good\n");
    jobs().start(spec("garbage", "echo", "new"), LONG);
    assertThat(all("garbage").stdout()).isEqualTo("new\n");
  }

  @Test
  void a_job_on_a_terminal_has_one_of_its_own_and_outlives_the_agent() throws Exception {
    String script =
        "tty; stty size; trap 'echo int; stty size; exit 9' INT; echo on; while :; do read x && echo got $x; done";
    jobs().start(terminal("tty", "sh", "-c", script), LONG);
    View view = new View(-1, -1, true, false, Input.ALONE);
    int seen;
    try (Connection connection = jobs().connect("tty", view, LONG)) {
      String first = until(connection, "on\r\n");
      assertThat(first).startsWith("/dev/pts/").contains("30 100\r\n");
      seen = first.length();
    }
    killAgent();
    try (Connection connection =
        jobs().connect("tty", new View(seen, 0, true, false, Input.ALONE), LONG)) {
      connection.write("abc\n".getBytes(StandardCharsets.UTF_8), 0, 4);
      until(connection, "got abc\r\n");
      connection.resize(20, 60);
      connection.write(new byte[] {3}, 0, 1);
      Told told = Told.read(connection);
      assertThat(told.stdout()).contains("int\r\n20 60\r\n");
      assertThat(told.ended().exitCode()).hasValue(9);
      assertThat(told.ended().tty()).isTrue();
    }
  }

  private static String until(Connection connection, String words)
      throws IOException, InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (!text(out).contains(words)) {
      out.writeBytes(((Output) connection.next()).bytes());
    }
    return text(out);
  }

  @Test
  void a_terminal_is_hung_up_when_its_job_is_killed() throws Exception {
    jobs().start(terminal("tty", "sh", "-c", "echo on; sleep 1000; echo off"), LONG);
    try (Connection connection =
        jobs().connect("tty", new View(-1, -1, true, false, Input.ALONE), LONG)) {
      until(connection, "on\r\n");
      jobs().signal("tty", 9, LONG);
      assertThat(Told.read(connection).ended().exitCode()).hasValue(137);
    }
  }
}
