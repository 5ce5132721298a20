package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The packages, unpacked here: where they run, what they hold, and a socket of systemd's. */
class PackageIT {
  /**
   * What systemd does with a socket unit and its service, without the restarts: listens, and starts
   * the service with the socket as standard input whenever somebody connects and none runs.
   */
  private static final String SYSTEMD =
      """
      use Socket;
      my ($path, @service) = @ARGV;
      socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or die;
      bind($socket, pack_sockaddr_un($path)) or die "$path: $!";
      listen($socket, 64) or die;
      $| = 1; print "listening\\n";
      while (1) {
        vec(my $ready = '', fileno($socket), 1) = 1;
        select($ready, undef, undef, undef);
        my $pid = fork();
        if (!$pid) { open(STDIN, '<&', $socket) or die; exec @service; die; }
        waitpid($pid, 0);
        print "ended $?\\n";
      }
      """;

  private BangerHome home;
  private Path dir;
  private Path bin;

  @BeforeEach
  void open() throws IOException {
    home = BangerHome.empty();
    dir = home.dir();
    bin = Packages.pathWithoutJava(dir);
  }

  @AfterEach
  void close() {
    home.close();
  }

  private Path unpacked() throws IOException, InterruptedException {
    Path place = Files.createDirectory(dir.resolve("some place"));
    Packages.tool(place, "tar", "-xzf", Packages.archive().toString());
    try (Stream<Path> children = Files.list(place)) {
      return children.findFirst().orElseThrow();
    }
  }

  /** Without anything of the environment but a PATH that leads to no Java. */
  private Process start(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", bin.toString());
    builder.environment().put("HOME", dir.toString());
    builder.environment().put("BANGER_HOME", dir.toString());
    builder.environment().put("BANGER_NETWORK_MODE", "user");
    builder.environment().putAll(environment);
    String mark = System.getenv("CHECK_RUN");
    if (mark != null) {
      builder.environment().put("CHECK_RUN", mark);
    }
    return builder.start();
  }

  private String run(int code, Path program, String... words)
      throws IOException, InterruptedException {
    String[] command =
        Stream.concat(Stream.of(program.toString()), Stream.of(words)).toArray(String[]::new);
    Path said = Files.createTempFile(dir, "said", "");
    Process process =
        start(
            Map.of(),
            Stream.concat(
                    Stream.of("/bin/sh", "-c", "exec \"$@\" >" + said + " 2>&1 </dev/null", "sh"),
                    Stream.of(command))
                .toArray(String[]::new));
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("%s", List.of(command)).isTrue();
      String text = Files.readString(said);
      assertThat(process.exitValue()).as("%s: %s", List.of(command), text).isEqualTo(code);
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  private void worksFrom(Path program) throws IOException, InterruptedException {
    assertThat(run(0, program, "version")).startsWith("banger ");
    assertThat(run(0, program, "--help")).contains("banger vm: virtual machines");
    assertThat(run(0, program, "vm", "list")).contains("starting the daemon");
    assertThat(run(0, program, "daemon", "status", "-o", "json"))
        .contains("\"startedBy\":\"banger\"");
    assertThat(run(0, program, "plugin", "list", "-q")).contains("ssh-access");
    assertThat(run(0, program, "daemon", "stop")).isEqualTo("stopped; VMs keep running\n");
  }

  @Test
  void theArchiveRunsFromWhereItIsUnpackedAndUsesItsClassArchives() throws Exception {
    Path place = unpacked();
    worksFrom(place.resolve("bin/banger"));

    assertThat(run(0, strict(place, "banger"), "version"))
        .containsPattern("dev.banger.cli.Main source: shared objects file");
    assertThat(run(0, strict(place, "bangerd"), "--version"))
        .containsPattern("dev.banger.core.boot.BangerDaemon source: shared objects file");
    try (Stream<Path> archives = Files.list(place.resolve("lib/cache"))) {
      for (Path archive : archives.filter(file -> file.toString().endsWith(".aot")).toList()) {
        Files.delete(archive);
      }
    }
    run(1, place.resolve("bin/strict-banger"), "version");
    assertThat(run(0, place.resolve("bin/banger"), "version")).containsPattern("(?m)^banger ");
  }

  /** The same program, that ends when it cannot use its archive, and says what it takes from it. */
  private static Path strict(Path place, String name) throws IOException {
    Path program = place.resolve("bin").resolve(name);
    Path strict = place.resolve("bin/strict-" + name);
    String text = Files.readString(program);
    String changed =
        text.replace(" \"-XX:AOTCache=", " -XX:AOTMode=on -Xlog:class+load \"-XX:AOTCache=");
    assertThat(changed).isNotEqualTo(text);
    Files.copy(program, strict);
    return Files.writeString(strict, changed);
  }

  @Test
  void theDebIsRootsAndHoldsWhatAPackageHas() throws Exception {
    String deb = Packages.deb().toString();
    String listed = Packages.tool(dir, "dpkg-deb", "--contents", deb);
    assertThat(listed.lines())
        .isNotEmpty()
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches("([d-][r-][w-][x-]r-[x-]r-[x-]|lrwxrwxrwx) root/root +\\d.*"));
    assertThat(listed)
        .contains(
            " ./usr/bin/banger -> ../lib/banger/bin/banger",
            " ./usr/bin/bangerd -> ../lib/banger/bin/bangerd",
            " ./usr/lib/banger/runtime/bin/java",
            " ./usr/lib/systemd/system/banger.socket",
            " ./usr/lib/systemd/user/banger.service",
            " ./usr/share/bash-completion/completions/banger",
            " ./usr/share/zsh/vendor-completions/_banger",
            " ./usr/share/fish/vendor_completions.d/banger.fish",
            " ./usr/share/doc/banger/copyright",
            " ./usr/share/doc/banger/changelog.gz",
            " ./usr/share/man/man1/banger-vm-create.1.gz",
            " ./usr/share/man/man5/banger-config.5.gz");
    assertThat(Packages.tool(dir, "dpkg-deb", "--field", deb))
        .contains("Package: banger\n", "qemu-system-x86", "Recommends: mmdebstrap");

    Path root = dir.resolve("root");
    Packages.tool(dir, "dpkg-deb", "-x", deb, root.toString());
    String dist = Path.of(System.getProperty("banger.dist")).toRealPath().toString();
    assertThat(Packages.tool(dir, "sh", "-c", "grep -rIlF " + dist + " " + root + " || true"))
        .as("text files that name the folder of the build")
        .isEmpty();
    // By groff itself, which says what it does not understand.
    assertThat(
            Packages.tool(
                dir,
                "sh",
                "-c",
                "cd root/usr/share/man && for page in man*/*.gz; do"
                    + " gunzip -c $page | grep -v '^[.]so ' | groff -man -Tutf8 -ww -z 2>&1"
                    + " | sed \"s,^,$page: ,\"; done"))
        .isEmpty();
    worksFrom(root.resolve("usr/bin/banger"));
  }

  @Test
  void aSocketOfSystemdsIsServedLeftAndServedAgain() throws Exception {
    Path place = unpacked();
    Path banger = place.resolve("bin/banger");
    run(0, banger, "daemon", "start");
    Path socket = dir.resolve("run/d.sock");
    assertThat(socket).exists();
    beforeListening(place);
    assertThat(socket).doesNotExist();
    beforeListening(place);

    Path log = dir.resolve("systemd.log");
    Process systemd =
        start(
            Map.of(),
            "/bin/sh",
            "-c",
            "exec \"$@\" >" + log + " 2>&1 </dev/null",
            "sh",
            "perl",
            "-e",
            SYSTEMD,
            socket.toString(),
            place.resolve("bin/bangerd").toString(),
            "--listen-on-stdin");
    try {
      until(() -> Files.exists(log) && Files.readString(log).contains("listening"));

      assertThat(run(0, banger, "vm", "list", "-o", "json")).isEqualTo("[]\n");
      String first = run(0, banger, "daemon", "status", "-o", "json");
      assertThat(first).contains("\"startedBy\":\"systemd\"");
      assertThat(run(0, banger, "daemon", "status")).contains(", started by systemd");
      assertThat(run(0, banger, "daemon", "stop")).isEqualTo("stopped; VMs keep running\n");
      until(() -> Files.readString(log).contains("ended 0"));
      assertThat(socket).exists();
      assertThat(Files.readString(log)).contains("stopping; VMs keep running");

      String second = run(0, banger, "daemon", "status", "-o", "json");
      assertThat(pid(second)).isNotEqualTo(pid(first));

      // A second daemon on the same files, whoever starts it, says whose they are.
      String refused = run(1, place.resolve("bin/bangerd"));
      assertThat(refused).contains("another daemon serves ", " already (pid " + pid(second) + ")");
      assertThat(run(1, place.resolve("bin/bangerd"), "--listen-on-stdin"))
          .contains("another daemon serves ");
      assertThat(pid(run(0, banger, "daemon", "status", "-o", "json"))).isEqualTo(pid(second));
      run(0, banger, "daemon", "stop");
    } finally {
      systemd.destroy();
      systemd.waitFor();
      Files.deleteIfExists(socket);
    }
    assertThat(run(1, place.resolve("bin/bangerd"), "--listen-on-stdin"))
        .contains("error: standard input is not a Unix socket that somebody listens on");
  }

  /** What the socket unit runs before it listens: it ends a daemon that a command has started. */
  private void beforeListening(Path place) throws IOException, InterruptedException {
    String unit = Files.readString(place.resolve("share/systemd/user/banger.socket"));
    String script =
        unit.replaceAll("(?s).*\nExecStartPre=-/bin/sh -c '([^']*)'\n.*", "$1")
            .replace("%t/banger", dir.resolve("run").toString())
            .replace("/usr/bin/banger", "'" + place.resolve("bin/banger") + "'");
    assertThat(script).contains("bin/banger' daemon stop").doesNotContain("ExecStartPre", "%");
    assertThat(run(0, Path.of("/bin/sh"), "-c", script)).isEmpty();
  }

  private static String pid(String status) {
    return status.replaceAll("(?s).*?\"pid\":(\\d+).*", "$1");
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void until(Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("2 minutes have passed").isLessThan(end);
      Thread.sleep(50);
    }
  }
}
