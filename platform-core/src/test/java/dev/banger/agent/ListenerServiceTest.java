package dev.banger.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.protocol.GuestMessage.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who holds which socket, in the real /proc and in one that a guest has tampered with. */
class ListenerServiceTest {
  @TempDir Path proc;

  private Path process(long pid, String namespace, String comm, String cmdline) throws IOException {
    Path process = Files.createDirectories(proc.resolve(Long.toString(pid)));
    Files.createDirectories(process.resolve("ns"));
    Files.createSymbolicLink(process.resolve("ns/net"), Path.of("net:[" + namespace + "]"));
    Files.createDirectories(process.resolve("fd"));
    Files.createDirectories(process.resolve("net"));
    Files.writeString(process.resolve("comm"), comm);
    Files.writeString(process.resolve("cmdline"), cmdline);
    return process;
  }

  private static void listens(Path net, int port, long inode) throws IOException {
    Files.writeString(
        Files.createDirectories(net).resolve("tcp"),
        "  sl\n   0: 00000000:%04X 00000000:0000 0A 0:0 0:0 0 0 0 %d 1\n".formatted(port, inode));
  }

  private static void holds(Path process, int number, String what) throws IOException {
    Files.createSymbolicLink(
        process.resolve("fd").resolve(Integer.toString(number)), Path.of(what));
  }

  private List<Listener> listeners() {
    return new ListenerService(proc).listeners();
  }

  @Test
  void a_listener_of_this_very_machine_is_found_with_its_process() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(new ListenerService().listeners())
          .anySatisfy(
              found -> {
                assertThat(found.port()).isEqualTo(server.getLocalPort());
                assertThat(found.address()).isEqualTo("127.0.0.1");
                assertThat(found.pid()).isEqualTo(ProcessHandle.current().pid());
                assertThat(found.process()).isEqualTo("java");
                assertThat(found.command()).contains("java");
                assertThat(found.elsewhere()).isFalse();
              });
    }
  }

  @Test
  void a_service_is_named_before_the_init_that_holds_its_socket_too() throws IOException {
    process(1, "1", "systemd\n", "/sbin/init\0");
    holds(proc.resolve("1"), 3, "socket:[77]");
    Path service = process(200, "1", "sshd\n", "sshd\0-D\0");
    holds(service, 0, "/dev/null");
    holds(service, 3, "socket:[77]");
    Files.createSymbolicLink(proc.resolve("self"), Path.of("200"));
    listens(proc.resolve("net"), 22, 77);

    assertThat(listeners())
        .containsExactly(new Listener(false, "0.0.0.0", 22, 200, "sshd", "sshd -D", false));
  }

  @Test
  void listeners_of_containers_are_marked() throws IOException {
    Path self = process(100, "1", "agent\n", "agent\0");
    Files.createSymbolicLink(proc.resolve("self"), self.getFileName());
    listens(proc.resolve("net"), 80, 10);
    listens(self.resolve("net"), 80, 10);
    Path container = process(300, "2", "nginx\n", "nginx\0");
    holds(container, 6, "socket:[11]");
    listens(container.resolve("net"), 80, 11);
    listens(process(301, "2", "nginx\n", "nginx: worker\0").resolve("net"), 80, 11);

    assertThat(listeners())
        .containsExactly(
            new Listener(false, "0.0.0.0", 80, 0, "", "", false),
            new Listener(false, "0.0.0.0", 80, 300, "nginx", "nginx", true));
  }

  @Test
  void who_was_found_before_is_looked_at_again() throws IOException {
    Path launcher = process(100, "1", "launcher\n", "launcher\0");
    Files.createSymbolicLink(proc.resolve("self"), launcher.getFileName());
    holds(launcher, 3, "socket:[10]");
    listens(proc.resolve("net"), 80, 10);
    ListenerService service = new ListenerService(proc);
    assertThat(service.listeners().getFirst().process()).isEqualTo("launcher");

    Files.writeString(launcher.resolve("comm"), "server\n");
    assertThat(service.listeners().getFirst().process())
        .as("it is another program now")
        .isEqualTo("server");

    Path worker = process(200, "1", "worker\n", "worker\0");
    holds(worker, 3, "socket:[10]");
    Files.delete(launcher.resolve("fd/3"));
    holds(launcher, 3, "socket:[11]");
    assertThat(service.listeners().getFirst().process())
        .as("the file of that number is another socket now")
        .isEqualTo("worker");

    Files.delete(worker.resolve("fd/3"));
    assertThat(service.listeners().getFirst().pid()).as("nobody holds it any more").isZero();
  }

  @Test
  void a_service_takes_the_place_of_the_init_that_held_its_socket() throws IOException {
    Path init = process(1, "1", "systemd\n", "/sbin/init\0");
    Files.createSymbolicLink(proc.resolve("self"), init.getFileName());
    holds(init, 3, "socket:[77]");
    listens(proc.resolve("net"), 22, 77);
    ListenerService service = new ListenerService(proc);
    assertThat(service.listeners().getFirst().process()).isEqualTo("systemd");

    holds(process(200, "1", "sshd\n", "sshd\0-D\0"), 3, "socket:[77]");
    assertThat(service.listeners().getFirst().process()).isEqualTo("sshd");
  }

  @Test
  void counts_tell_of_sockets_in_all_namespaces_and_nothing_where_there_are_none()
      throws IOException {
    Path net = Files.createDirectories(proc.resolve("net"));
    Path other = Files.createDirectories(proc.resolve("300/net"));
    assertThat(SocketCounts.of(net, List.of(other))).isNull();

    Files.writeString(net.resolve("sockstat"), "TCP: inuse 1\n");
    Files.writeString(other.resolve("sockstat6"), "TCP6: inuse 1\n");
    String before = SocketCounts.of(net, List.of(other));
    assertThat(before).isNotNull().isEqualTo(SocketCounts.of(net, List.of(other)));

    Files.writeString(other.resolve("sockstat6"), "TCP6: inuse 2\n");
    assertThat(SocketCounts.of(net, List.of(other))).isNotEqualTo(before);
    assertThat(SocketCounts.of(net, List.of())).isNotEqualTo(before);
  }

  @Test
  void hostile_names_are_cut_and_clean() throws IOException {
    Path self =
        process(100, "1", "\u001b[31mred\r\n", "a\0\u001b]8;;http://evil\u0007" + "x".repeat(9000));
    Files.createSymbolicLink(proc.resolve("self"), self.getFileName());
    holds(self, 1, "socket:[10]");
    holds(self, 2, "socket:[x]");
    holds(self, 3, "socket:[99999999999999999999999]");
    listens(proc.resolve("net"), 80, 10);

    Listener only = listeners().getFirst();
    assertThat(only.process()).isEqualTo("[31mred");
    assertThat(only.command()).startsWith("a  ]8;;http://evil xxx").hasSizeLessThanOrEqualTo(512);
    assertThat(only.command().chars()).noneMatch(Character::isISOControl);
  }
}
