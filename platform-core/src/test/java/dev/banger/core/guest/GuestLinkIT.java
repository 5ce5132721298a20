package dev.banger.core.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.GuestLink.ExecSpec;
import dev.banger.core.lifecycle.GuestLink.GuestProcess;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.CommandRefusedException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The host's link against the real agent, in a process of its own. */
@Timeout(120)
class GuestLinkIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MEBIBYTE = 1024 * 1024;

  private static AgentProcess agent;
  private GuestLink link;

  @BeforeAll
  static void startAgent() throws IOException {
    agent = AgentProcess.start();
  }

  @AfterAll
  static void stopAgent() {
    agent.close();
  }

  @BeforeEach
  void connect() throws InterruptedException {
    link = agent.connect();
  }

  @AfterEach
  void disconnect() {
    link.close();
    assertThat(agent.isAlive()).isTrue();
  }

  @Test
  void theAgentIntroducesItself() throws IOException {
    assertThat(link.hello().generation()).isEqualTo(1);
    assertThat(link.hello().bootId()).hasSize(36);
    assertThat(link.hello().kernel())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
  }

  @Test
  void aGuestIsToldWhoItIsAsOftenAsNeeded() throws IOException {
    Path root = agent.dir.resolve("root");
    Files.createDirectories(root.resolve("proc/sys/kernel"));
    Files.createDirectories(root.resolve("etc"));
    Files.deleteIfExists(root.resolve("etc/resolv.conf"));
    Files.createSymbolicLink(root.resolve("etc/resolv.conf"), Path.of("../run/nowhere"));
    Files.deleteIfExists(root.resolve("run/banger/bootstrapped"));
    assertThat(link.health(LONG).bootstrapped()).isFalse();

    for (String name : List.of("one", "two", "two")) {
      link.bootstrap(bootstrap(name), LONG);
    }

    assertThat(root.resolve("etc/hostname")).hasContent("two");
    assertThat(root.resolve("proc/sys/kernel/hostname")).hasContent("two");
    assertThat(root.resolve("etc/resolv.conf")).content().contains("nameserver 10.0.2.3\n");
    assertThat(link.health(LONG).bootstrapped()).isTrue();
    assertRefused(() -> link.bootstrap(bootstrap("a b"), LONG), ErrorKind.INVALID, "a b");
  }

  private static GuestLink.Bootstrap bootstrap(String hostname) {
    return new GuestLink.Bootstrap(
        hostname, Instant.now(), new GuestLink.NetworkConfig("", "", List.of("10.0.2.3")), true);
  }

  @Test
  void healthComesFromTheKernel() {
    GuestLink.Health health = link.health(LONG);
    assertThat(health.uptime()).isPositive();
    assertThat(health.memoryTotalMiB()).isGreaterThan(health.memoryAvailableMiB()).isPositive();
    assertThat(health.load1()).isNotNegative();
  }

  @Test
  void aCommandsOutputsAreSeparateAndItsExitCodeIsItsOwn() throws Exception {
    Outcome outcome = run("sh", "-c", "echo out; echo err >&2; exit 7");
    assertThat(outcome).isEqualTo(new Outcome(7, "out\n", "err\n"));
  }

  @Test
  void aCommandThatDiesOfASignalSaysWhichOne() throws Exception {
    assertThat(run("sh", "-c", "kill -9 $$").code()).isEqualTo(137);
  }

  @Test
  void aCommandGetsAPlainEnvironmentAndWhatItWasGiven() throws Exception {
    GuestProcess process =
        link.exec(
            new ExecSpec(List.of("env"), "/", Map.of("K", "a=ü\n", "HOME", "/h"), false, 0, 0),
            LONG);
    Outcome outcome = outcome(process);
    List<String> names =
        outcome
            .stdout()
            .lines()
            .filter(line -> line.contains("="))
            .map(l -> l.replaceAll("=.*", ""))
            .toList();
    assertThat(names)
        .containsExactlyInAnyOrder("HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG", "K");
    assertThat(outcome.stdout()).contains("K=a=ü\n").contains("HOME=/h\n").contains("USER=root\n");
  }

  @Test
  void theWorkingDirectoryIsTheOneAskedFor() throws Exception {
    GuestProcess process =
        link.exec(new ExecSpec(List.of("pwd"), "/usr", Map.of(), false, 0, 0), LONG);
    assertThat(outcome(process).stdout()).isEqualTo("/usr\n");
  }

  @Test
  void whatCannotBeStartedIsRefusedWithTheReason() throws IOException {
    assertCommandRefused("no-such-command", ErrorKind.NOT_FOUND, 127);
    assertCommandRefused("/no/such", ErrorKind.NOT_FOUND, 127);
    assertCommandRefused("/etc", ErrorKind.GUEST, 126);
    Path file = Files.writeString(agent.dir.resolve("plain"), "");
    assertCommandRefused(file.toString(), ErrorKind.GUEST, 126);
    assertRefused(() -> startIn("/no/such", "true"), ErrorKind.INVALID, "/no/such");
    assertRefused(() -> startIn("/etc/passwd", "true"), ErrorKind.INVALID, "not a directory");
    assertRefused(() -> startIn("relative", "true"), ErrorKind.INVALID, "relative");
    assertRefused(() -> start(), ErrorKind.INVALID, "no command");
    assertRefused(() -> start("true", "a\0b"), ErrorKind.GUEST, "null character");
    assertRefused(() -> start("true", "x".repeat(200_000)), ErrorKind.INVALID, "too large to send");
  }

  @Test
  void aHundredMegabytesComeOutUnharmed() throws Exception {
    GuestProcess process =
        start("sh", "-c", "head -c 104857600 /dev/zero | tr '\\0' 'x'; echo done >&2");
    CRC32 crc = new CRC32();
    long size = 0;
    byte[] chunk = new byte[64 * 1024];
    for (int n = process.stdout().read(chunk); n >= 0; n = process.stdout().read(chunk)) {
      crc.update(chunk, 0, n);
      size += n;
    }
    CRC32 expected = new CRC32();
    byte[] x = new byte[MEBIBYTE];
    Arrays.fill(x, (byte) 'x');
    for (int i = 0; i < 100; i++) {
      expected.update(x);
    }
    assertThat(size).isEqualTo(100L * MEBIBYTE);
    assertThat(crc.getValue()).isEqualTo(expected.getValue());
    assertThat(exit(process)).isZero();
  }

  @Test
  void aHundredMegabytesGoInUnharmed() throws Exception {
    GuestProcess process = start("cksum");
    SplittableRandom random = new SplittableRandom(42);
    byte[] chunk = new byte[MEBIBYTE];
    Path copy = agent.dir.resolve("copy");
    try (OutputStream file = Files.newOutputStream(copy);
        OutputStream stdin = process.stdin()) {
      for (int i = 0; i < 100; i++) {
        random.nextBytes(chunk);
        stdin.write(chunk);
        file.write(chunk);
      }
    }
    String remote = outcome(process).stdout();
    String local = run("sh", "-c", "cksum <" + copy).stdout();
    assertThat(remote).isEqualTo(local).contains("104857600");
  }

  @Test
  void whoDoesNotReadHoldsUpOnlyTheirOwnCommand() throws Exception {
    GuestProcess unread = start("cat", "/dev/zero");
    GuestProcess unwritten = start("sleep", "1000");
    CompletableFuture<Void> stuffing = CompletableFuture.runAsync(() -> stuff(unwritten.stdin()));

    assertThat(run("echo", "quick").stdout()).isEqualTo("quick\n");
    assertThat(stuffing).isNotDone();
    unwritten.close();
    stuffing.get(30, TimeUnit.SECONDS);
    unread.close();
  }

  private static void stuff(OutputStream stdin) {
    byte[] chunk = new byte[64 * 1024];
    try {
      while (true) {
        stdin.write(chunk);
      }
    } catch (IOException e) {
      // The command was given up, which is what this waits for.
    }
  }

  @Test
  void aCommandThatDoesNotReadItsInputCanStillBeSignalled() throws Exception {
    GuestProcess process = start("sleep", "1000");
    process.stdin().write(new byte[100_000]);
    process.signal(15);
    assertThat(exit(process)).isEqualTo(143);
  }

  @Test
  void aSignalReachesTheWholeProcessGroup() throws Exception {
    GuestProcess process = start("sh", "-c", "sleep 1000 & echo $!; wait");
    String child = readLine(process.stdout());
    process.signal(15);
    assertThat(exit(process)).isEqualTo(143);
    awaitGone(child);
  }

  @Test
  void backgroundProcessesThatKeepTheOutputOpenDoNotKeepTheCommandFromEnding() throws Exception {
    GuestProcess process = start("sh", "-c", "sleep 1000 & echo $!; exit 3");
    String background = readLine(process.stdout());
    assertThat(exit(process)).isEqualTo(3);
    assertThat(process.stdout().read()).isEqualTo(-1);
    assertThat(Path.of("/proc", background)).exists();
    run("kill", background);
  }

  @Test
  void whatAFastCommandLeavesInThePipeIsDeliveredToASlowReader() throws Exception {
    GuestProcess process = start("head", "-c", "3000000", "/dev/zero");
    process.stdin().close();
    CompletableFuture<Integer> exit = process.exit();
    assertThat(exit).isNotDone();
    assertThat(process.stdout().readAllBytes()).hasSize(3_000_000);
    assertThat(exit.get(30, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void aCommandThatIsGivenUpIsHungUp() throws Exception {
    GuestProcess process = start("sh", "-c", "trap '' HUP; sleep 1000 & echo $$ $!; wait; wait");
    List<String> pids = List.of(readLine(process.stdout()).split(" "));
    process.close();
    assertThat(process.exit()).isCompletedExceptionally();
    for (String pid : pids) {
      awaitGone(pid);
    }
  }

  @Test
  void aLostLinkFailsWhatWasGoingOnAndHangsItUpAndTheAgentTakesTheNext() throws Exception {
    GuestProcess process = start("sh", "-c", "echo $$; exec sleep 1000");
    String pid = readLine(process.stdout());
    CompletableFuture<Void> closed = link.onClose();
    link.close();

    closed.get(10, TimeUnit.SECONDS);
    assertThat(link.isOpen()).isFalse();
    assertThat(process.exit()).failsWithin(Duration.ofSeconds(10));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> process.stdout().read());
    assertRefused(() -> link.health(LONG), ErrorKind.GUEST, "link to the guest was lost");
    awaitGone(pid);
    try (GuestLink next = agent.connect()) {
      assertThat(next.hello()).isEqualTo(link.hello());
    }
  }

  @Test
  void aTerminalIsARealOne() throws Exception {
    GuestProcess process =
        terminal(
            "sh",
            "-c",
            "test -t 0 && test -t 1 && test -t 2 && stty size && read x && echo \"<$x>\" && stty size && : >/dev/tty");
    InputStream out = process.stdout();
    assertThat(readLine(out)).isEqualTo("33 77\r");
    process.resize(50, 132);
    process.stdin().write("hi\n".getBytes(StandardCharsets.UTF_8));
    String rest = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    assertThat(rest).isEqualTo("hi\r\n<hi>\r\n50 132\r\n");
    assertThat(exit(process)).isZero();
    assertThat(process.stderr().readAllBytes()).isEmpty();
  }

  @Test
  void aTerminalTurnsControlCIntoASignalAndTheEndOfInputIntoControlD() throws Exception {
    // A dash that is just making a child defers the signal until that has ended, and the child
    // drops it.
    GuestProcess interrupted = terminal("sh", "-c", "echo ready; exec sleep 1000");
    assertThat(readLine(interrupted.stdout())).isEqualTo("ready\r");
    interrupted.stdin().write(3);
    assertThat(exit(interrupted)).isEqualTo(130);

    for (int i = 0; i < 20; i++) {
      GuestProcess ended = terminal("cat");
      ended.stdin().close();
      assertThat(exit(ended)).isZero();
    }
  }

  @Test
  void aTerminalThatIsGivenUpIsHungUp() throws Exception {
    GuestProcess process = terminal("sh", "-c", "echo $$; sleep 1000");
    String pid = readLine(process.stdout()).strip();
    process.close();
    awaitGone(pid);
  }

  @Test
  void filesGoInAndOutWithTheirModes() throws Exception {
    Path from = Files.createDirectories(agent.dir.resolve("from/-odd name"));
    Files.writeString(from.resolve("plain"), "x".repeat(200_000));
    Path secret = Files.writeString(from.resolve("sécret"), "s");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("r---w---x"));
    Files.createSymbolicLink(from.resolve("link"), Path.of("plain"));

    var archive = new ByteArrayOutputStream();
    link.getTar(from.toString(), archive, LONG);
    Path to = agent.dir.resolve("to/deep/er");
    link.putTar(to.toString(), new ByteArrayInputStream(archive.toByteArray()), LONG);

    Path copy = to.resolve("-odd name");
    assertThat(run("diff", "-r", from.toString(), copy.toString()).code()).isZero();
    assertThat(Files.getPosixFilePermissions(copy.resolve("sécret")))
        .isEqualTo(PosixFilePermissions.fromString("r---w---x"));
    assertThat(Files.readSymbolicLink(copy.resolve("link"))).hasToString("plain");
  }

  @Test
  void aFileAskedForThroughALinkComesWithItsContent() throws Exception {
    Path file = Files.writeString(agent.dir.resolve("content"), "content");
    Path alias = Files.createSymbolicLink(agent.dir.resolve("alias"), file);
    var archive = new ByteArrayOutputStream();
    link.getTar(alias.toString(), archive, LONG);
    Path to = agent.dir.resolve("linked");
    link.putTar(to.toString(), new ByteArrayInputStream(archive.toByteArray()), LONG);
    assertThat(to.resolve("alias")).isRegularFile().hasContent("content");
  }

  @Test
  void transfersThatCannotBeAreRefused() throws IOException {
    var sink = new ByteArrayOutputStream();
    assertRefused(() -> link.getTar("/no/such", sink, LONG), ErrorKind.NOT_FOUND, "/no/such");
    assertRefused(() -> link.getTar("relative", sink, LONG), ErrorKind.INVALID, "relative");
    Path file = Files.writeString(agent.dir.resolve("in-the-way"), "");
    InputStream none = InputStream.nullInputStream();
    assertRefused(() -> link.putTar(file + "/sub", none, LONG), ErrorKind.GUEST, "in-the-way");
    byte[] junk = new byte[5_000_000];
    new SplittableRandom(1).nextBytes(junk);
    assertRefused(
        () -> link.putTar(agent.dir + "/junk", new ByteArrayInputStream(junk), LONG),
        ErrorKind.GUEST,
        "tar failed");
  }

  @Test
  void anArchiveThatTheHostCannotReadEndsTheTransferOnBothSides() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk on fire");
          }

          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            throw new IOException("disk on fire");
          }
        };
    assertRefused(
        () -> link.putTar(agent.dir + "/broken", broken, LONG), ErrorKind.HOST, "disk on fire");
    assertThat(run("true").code()).isZero();
  }

  @Test
  void filesAreLookedAt() {
    assertThat(link.stat("/etc", LONG)).isEqualTo(new GuestLink.FileStatus(true, true));
    assertThat(link.stat("/etc/passwd", LONG)).isEqualTo(new GuestLink.FileStatus(true, false));
    assertThat(link.stat("/no/such", LONG)).isEqualTo(new GuestLink.FileStatus(false, false));
  }

  @Test
  void aPortOfTheGuestIsReachedBothWays() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread echo = Thread.ofVirtual().start(() -> echo(server));
      try (GuestLink.Connection connection = link.dial(server.getLocalPort(), LONG)) {
        byte[] sent = new byte[3 * MEBIBYTE];
        new SplittableRandom(3).nextBytes(sent);
        Thread writer = Thread.ofVirtual().start(() -> send(connection.out(), sent));
        assertThat(connection.in().readAllBytes()).isEqualTo(sent);
        writer.join();
      }
      echo.join();
    }
    assertRefused(() -> link.dial(1, LONG), ErrorKind.NOT_FOUND, "port 1");
    assertRefused(() -> link.dial(0, LONG), ErrorKind.INVALID, "no such port");
  }

  private static void echo(ServerSocket server) {
    try (Socket peer = server.accept()) {
      peer.getInputStream().transferTo(peer.getOutputStream());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(OutputStream out, byte[] bytes) {
    try (out) {
      out.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theClockIsLeftAloneWhenItIsRight() {
    link.setClock(Instant.now(), LONG);
    assertRefused(() -> link.setClock(Instant.EPOCH, LONG), ErrorKind.INVALID, "no such time");
  }

  @Test
  void manyCommandsRunAtOnce() throws Exception {
    List<GuestProcess> processes = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      processes.add(start("sh", "-c", "read x; echo ${x}" + i));
    }
    for (int i = 0; i < 30; i++) {
      processes.get(i).stdin().write("n\n".getBytes(StandardCharsets.UTF_8));
      assertThat(outcome(processes.get(i))).isEqualTo(new Outcome(0, "n" + i + "\n", ""));
    }
  }

  @Test
  void aSilentPeerIsWaitedForNoLongerThanTheDeadline() throws IOException {
    Path nobody = agent.dir.resolve("nobody.sock");
    assertRefused(
        () -> connectTo(nobody, Duration.ofMillis(100)), ErrorKind.TIMEOUT, "within 100 ms");
  }

  private static GuestLink connectTo(Path socket, Duration deadline) {
    try {
      return new SocketGuestConnector().connect(socket, deadline);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Outcome(int code, String stdout, String stderr) {}

  private GuestProcess start(String... command) {
    return startIn("/", command);
  }

  private GuestProcess startIn(String cwd, String... command) {
    return link.exec(new ExecSpec(List.of(command), cwd, Map.of(), false, 0, 0), LONG);
  }

  private GuestProcess terminal(String... command) {
    return link.exec(new ExecSpec(List.of(command), "/", Map.of(), true, 33, 77), LONG);
  }

  private Outcome run(String... command) throws Exception {
    return outcome(start(command));
  }

  private static Outcome outcome(GuestProcess process) throws Exception {
    process.stdin().close();
    String stdout = new String(process.stdout().readAllBytes(), StandardCharsets.UTF_8);
    String stderr = new String(process.stderr().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(exit(process), stdout, stderr);
  }

  private static int exit(GuestProcess process) throws Exception {
    return process.exit().get(60, TimeUnit.SECONDS);
  }

  private static String readLine(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      assertThat(b).as("the output ended after: %s", line).isNotNegative();
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static void awaitGone(String pid) throws Exception {
    ProcessHandle.of(Long.parseLong(pid))
        .ifPresent(process -> process.onExit().orTimeout(30, TimeUnit.SECONDS).join());
  }

  private void assertCommandRefused(String command, ErrorKind kind, int exitCode) {
    assertThatExceptionOfType(CommandRefusedException.class)
        .isThrownBy(() -> start(command))
        .withMessageContaining(command)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind))
        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(exitCode));
  }

  private static void assertRefused(Runnable request, ErrorKind kind, String words) {
    assertThatExceptionOfType(BangerException.class)
        .isThrownBy(request::run)
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
