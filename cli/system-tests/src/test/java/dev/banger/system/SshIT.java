package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A Debian guest without any network, reached by the host's own OpenSSH; then one that is wrecked.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SshIT {
  private static final String MODES =
      "stat -c '%a %U:%G %n' /root /root/.ssh /root/.ssh/authorized_keys";

  private static final String AS_IT_SHOULD_BE =
      """
      755 root:root /root
      700 root:root /root/.ssh
      600 root:root /root/.ssh/authorized_keys
      """;

  private static final String STILL_RUNNING = "box is still running; banger vm stop box stops it\n";

  private static BangerHome home;
  private static Path config;
  private static SshAgent agent;

  @BeforeAll
  static void open() throws Exception {
    home = BangerHome.with("debian", "tiny");
    config = home.dir().resolve("ssh-config");
    home.ok("vm", "create", "box", "--image", "debian", "--no-nat");
    Files.writeString(config, home.ok("vm", "ssh-config", "box").out());
    agent = SshAgent.start(home.dir().resolve("agent.sock"));
  }

  @AfterAll
  static void close() {
    try {
      if (agent != null) {
        agent.close();
      }
    } finally {
      home.close();
    }
  }

  private static String inGuest(String... lines) {
    return home.ok("vm", "exec", "box", "--", "sh", "-ec", String.join("\n", lines)).out();
  }

  /** Without a word of where banger is: the configuration says it. */
  private static Ran ssh(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ssh", "-F", config.toString()));
    command.addAll(List.of(arguments));
    return HostCommand.run(home.dir(), "", command);
  }

  @Test
  @Order(1)
  void a_login_works_and_its_exit_code_and_a_reminder_follow() {
    Ran ran = home.run("vm", "ssh", "box", "--", "hostname; whoami; exit 7").exited(7);

    assertThat(ran.out()).isEqualTo("box\nroot\n");
    assertThat(ran.err()).isEqualTo(STILL_RUNNING);
    assertThat(inGuest(MODES)).isEqualTo(AS_IT_SHOULD_BE);
    // No terminal here, so one is refused rather than half-made.
    home.run("vm", "exec", "box", "-t", "--", "tty").exited(2);
  }

  @Test
  @Order(2)
  void sshd_itself_says_the_policy_whatever_an_image_adds_to_it() {
    inGuest(
        "printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' > /etc/ssh/sshd_config.d/10-image.conf",
        "printf 'StrictModes no\\nLogLevel VERBOSE\\nMatch all\\nPermitRootLogin yes\\nPasswordAuthentication yes\\n' >> /etc/ssh/sshd_config");
    List<String> said =
        inGuest("sshd -T -C user=root,host=localhost,addr=127.0.0.1")
            .toLowerCase(Locale.ROOT)
            .lines()
            .toList();

    assertThat(said)
        .containsAnyOf("permitrootlogin prohibit-password", "permitrootlogin without-password")
        .contains(
            "pubkeyauthentication yes",
            "passwordauthentication no",
            "kbdinteractiveauthentication no",
            "authenticationmethods publickey",
            "permitemptypasswords no",
            "strictmodes yes",
            "authorizedkeysfile /root/.ssh/authorized_keys .ssh/authorized_keys",
            "hostkey /etc/ssh/ssh_host_ed25519_key")
        .anyMatch(line -> line.startsWith("subsystem sftp "));
    assertThat(said.stream().filter(line -> line.startsWith("hostkey "))).hasSize(1);
    inGuest(
        "rm /etc/ssh/sshd_config.d/10-image.conf",
        "sed -i '/^StrictModes no/,$d' /etc/ssh/sshd_config");
  }

  @Test
  @Order(3)
  void nothing_that_banger_or_its_image_leaves_in_the_guest_weakens_sshd() {
    String files =
        inGuest(
                "find /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/systemd/system/ssh* /etc/default/ssh -type f -exec cat {} + | sed 's/#.*//'")
            .toLowerCase(Locale.ROOT);

    assertThat(files)
        .doesNotContain("debug", "strictmodes no", "permitemptypasswords yes")
        .doesNotContainPattern("permitrootlogin\\s+yes")
        .doesNotContainPattern("(passwordauthentication|kbdinteractive\\w*)\\s+yes");
    assertThat(inGuest("sshd -T").toLowerCase(Locale.ROOT).lines())
        .contains("loglevel info", "strictmodes yes");
    assertThat(inGuest("getent shadow root | cut -d: -f2")).isIn("*\n", "!\n", "!*\n", "!!\n");
  }

  @Test
  @Order(4)
  void openssh_copies_and_runs_several_at_once_by_the_configuration_alone() throws Exception {
    Path file = Files.writeString(home.dir().resolve("a file"), "hello\n");
    HostCommand.run(
            home.dir(),
            "",
            List.of("scp", "-q", "-F", config.toString(), file.toString(), "box:/root/b"))
        .ok();
    HostCommand.run(
            home.dir(),
            "get /root/b back\n",
            List.of("sftp", "-q", "-b", "-", "-F", config.toString(), "box"))
        .ok();
    assertThat(home.dir().resolve("back")).hasContent("hello\n");

    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(
          new ProcessBuilder("ssh", "-F", config.toString(), "box", "echo one of several")
              .redirectErrorStream(true)
              .start());
    }
    for (Process one : all) {
      one.getOutputStream().close();
      assertThat(new String(one.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("one of several\n");
      assertThat(one.waitFor()).isZero();
    }
  }

  @Test
  @Order(5)
  void an_editor_gets_its_shell_and_a_way_to_the_guests_ports() throws Exception {
    int port = freePort();
    Path out = home.dir().resolve("editor-out");
    Process editor =
        new ProcessBuilder(
                "ssh", "-T", "-D", "127.0.0.1:" + port, "-F", config.toString(), "box", "bash")
            .redirectOutput(out.toFile())
            .redirectError(Path.of("/dev/null").toFile())
            .start();
    try (var shell = editor.outputWriter(StandardCharsets.UTF_8)) {
      shell.write("echo ready; read -r line; echo $line; exit 5\n");
      shell.flush();
      HostCommand.until("the shell answers", () -> Files.readString(out).equals("ready\n"));
      try (Socket socket =
          new Socket(
              new Proxy(
                  Proxy.Type.SOCKS,
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))) {
        socket.setSoTimeout((int) Duration.ofMinutes(1).toMillis());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 22));
        InputStream in = socket.getInputStream();
        assertThat(new String(in.readNBytes(8), StandardCharsets.UTF_8)).isEqualTo("SSH-2.0-");
      }
      shell.write("over\n");
      shell.flush();
      assertThat(editor.waitFor()).isEqualTo(5);
      assertThat(out).hasContent("ready\nover\n");
    } finally {
      editor.destroyForcibly();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  @Test
  @Order(6)
  void a_guest_with_another_host_key_is_not_talked_to() throws Exception {
    inGuest(
        "cd /etc/ssh",
        "rm ssh_host_ed25519_key*",
        "ssh-keygen -q -t ed25519 -N '' -f ssh_host_ed25519_key",
        "systemctl restart ssh");

    Ran ran = home.run("vm", "ssh", "box", "--", "echo inside").exited(255);

    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("REMOTE HOST IDENTIFICATION HAS CHANGED");
    assertThat(ssh("box", "echo inside").exited(255).out()).isEmpty();
  }

  @Test
  @Order(7)
  void a_wrecked_home_is_repaired_and_nothing_that_links_lead_to_is_touched() throws Exception {
    String before = Files.readString(knownHosts());
    inGuest(
        "stat -c '%a %U %Y' /etc/shadow > /var/shadow; md5sum < /etc/shadow >> /var/shadow",
        "mkdir -p /root/precious /root/root/deep",
        "echo mine > /root/precious/file; chmod 640 /root/precious/file",
        "chmod 751 /root/precious; chown 65534 /root/precious",
        "ln -s /etc/shadow /root/precious/authorized_keys",
        "rm -r /root/.ssh; ln -s precious /root/.ssh",
        "echo nested > /root/root/file",
        "chmod 777 /root; chown nobody:nogroup /root");

    home.ok("vm", "wait", "box", "--for", "ready", "--timeout", "2m");
    Ran stopped = home.ok("vm", "stop", "box", "--timeout", "60s");
    home.ok("vm", "start", "box");

    assertThat(stopped.out() + stopped.err()).doesNotContain("forced");
    home.ok("vm", "ssh", "box", "--", "true");
    assertThat(Files.readString(knownHosts())).isEqualTo(before);
    assertThat(inGuest(MODES)).isEqualTo(AS_IT_SHOULD_BE);
    assertThat(
            inGuest(
                "stat -c '%a %U %Y' /etc/shadow > /var/now; md5sum < /etc/shadow >> /var/now; cmp /var/shadow /var/now",
                "stat -c '%a %U %n' /root/precious /root/precious/file",
                "readlink /root/precious/authorized_keys /root/.ssh.aside-1",
                "cat /root/precious/file /root/file",
                "ls -d /root/deep; ls -d /root/root 2>&1 || true"))
        .isEqualTo(
            """
            751 nobody /root/precious
            640 root /root/precious/file
            /etc/shadow
            precious
            mine
            nested
            /root/deep
            ls: cannot access '/root/root': No such file or directory
            """);
  }

  private static Path knownHosts() throws IOException {
    try (var files = Files.walk(home.dir().resolve("data/plugin-data/ssh-access"))) {
      return files.filter(file -> file.endsWith("known_hosts")).findFirst().orElseThrow();
    }
  }

  @Test
  @Order(8)
  void what_is_marked_immutable_is_repaired_too_and_an_agents_key_and_a_deaf_image_are_told()
      throws Exception {
    Path half = agent.makeKey(home.dir().resolve("mine"));
    inGuest(
        "rm -r /root/.ssh; mkdir -p /root/.ssh/authorized_keys",
        "echo mine > /root/.ssh/authorized_keys/file",
        "sed -i 's/^Include/#Include/' /etc/ssh/sshd_config",
        "echo 'PasswordAuthentication yes' >> /etc/ssh/sshd_config",
        "chattr +i /root/.ssh/authorized_keys /root/.ssh /root");
    Files.createDirectories(home.config().getParent());
    Files.writeString(home.config(), "ssh_key = \"%s\"\n".formatted(half));
    home.ok("daemon", "stop");

    home.ok("vm", "restart", "box");

    assertThat(inGuest(MODES)).isEqualTo(AS_IT_SHOULD_BE);
    assertThat(inGuest("cat /root/.ssh/authorized_keys.aside-1/file")).isEqualTo("mine\n");
    Ran ran =
        home.banger("vm", "ssh", "box", "--", "echo inside")
            .with("SSH_AUTH_SOCK", agent.socket().toString())
            .run()
            .ok();
    assertThat(ran.out()).isEqualTo("inside\n");
    home.banger("vm", "ssh", "box", "--", "true").with("SSH_AUTH_SOCK", "").run().exited(255);
    assertThat(home.ok("vm", "show", "box", "-o", "json").json().path("degraded").toString())
        .contains("passwordauthentication yes")
        .contains("Include /etc/ssh/sshd_config.d/*.conf");
  }

  @Test
  @Order(9)
  void a_vm_that_stops_during_a_login_is_not_said_to_run() {
    Ran ran =
        home.banger("vm", "ssh", "box", "--", "sync; echo o > /proc/sysrq-trigger; sleep 60")
            .with("SSH_AUTH_SOCK", agent.socket().toString())
            .run();

    assertThat(ran.exitCode()).isEqualTo(255);
    assertThat(ran.err()).doesNotContain("still running");
    assertThat(home.run("vm", "ssh", "box").exited(255).err())
        .isEqualTo("error: vm \"box\" is stopped\nhint:  start it: banger vm start box\n");
  }

  @Test
  @Order(10)
  void a_guest_without_sshd_is_told_in_one_sentence() {
    home.ok("vm", "create", "small", "--image", "tiny", "--no-nat");

    Ran ran = home.run("vm", "ssh", "small").exited(255);

    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .startsWith("error: no SSH server answers in small: ")
        .contains("\nhint:  banger vm exec small -- ")
        .hasLineCount(2);
  }
}
