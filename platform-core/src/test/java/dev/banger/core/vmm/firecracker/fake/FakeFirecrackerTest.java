package dev.banger.core.vmm.firecracker.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stand-in is worth something only if it refuses what Firecracker refuses. */
class FakeFirecrackerTest {
  @TempDir Path dir;

  private final List<Process> processes = new ArrayList<>();
  private FakeBinary binary;
  private Path socket;
  private Path vsock;

  @BeforeEach
  void install() throws Exception {
    binary = FakeBinary.in(dir);
    socket = dir.resolve("a.sock");
    vsock = dir.resolve("v.sock");
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void it_tells_its_version() throws Exception {
    Process process = start("--version");

    assertThat(process.waitFor()).isZero();
    assertThat(text(process)).isEqualTo("Firecracker v1.16.1\n\n");
  }

  @Test
  void it_does_not_start_on_a_path_that_exists() throws Exception {
    Files.createFile(socket);
    Process process = start("--api-sock", socket.toString(), "--id", "one");

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(text(process))
        .contains(
            "Failed to open the API socket at: " + socket + ". Check that it is not already used.");
    assertThat(socket).exists();
  }

  @Test
  void arguments_it_does_not_know_end_it() throws Exception {
    assertThat(start("--api-socket", "x").waitFor()).isEqualTo(153);
    assertThat(start("--api-sock", socket.toString(), "--id", "a_b").waitFor()).isEqualTo(134);
  }

  @Test
  void requests_that_the_description_does_not_allow_are_refused() throws Exception {
    try (RawClient api = begin()) {
      assertThat(api.request("PUT", "/machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":128}"))
          .isEqualTo("204");
      assertThat(
              api.request(
                  "PUT", "/machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":128,\"cpus\":1}"))
          .startsWith("400")
          .contains("unknown field `cpus`, expected one of `cpu_template`");
      assertThat(api.request("PUT", "/machine-config", "{\"vcpu_count\":1}"))
          .contains("missing field `mem_size_mib`");
      assertThat(api.request("PUT", "/machine-config", "{\"vcpu_count\":\"1\",\"mem_size_mib\":1}"))
          .contains("invalid type: string \\\"1\\\", expected");
      assertThat(api.request("PUT", "/machine-config", "{\"vcpu_count\":33,\"mem_size_mib\":1}"))
          .contains("The number of vCPUs must be greater than 0, less than 32");
      assertThat(api.request("PUT", "/vsock", "{\"guest_cid\":2,\"uds_path\":\"" + vsock + "\"}"))
          .contains("integer `2`");
      assertThat(api.request("PUT", "/actions", "{\"action_type\":\"Start\"}"))
          .contains("unknown variant `Start`, expected one of `FlushMetrics`, `InstanceStart`");
      assertThat(api.request("PUT", "/actions", "{")).contains("EOF while parsing an object");
      assertThat(api.request("PUT", "/boot", "{}"))
          .contains("Invalid request method and/or path: PUT boot.");
      assertThat(api.request("PUT", "/entropy", "")).contains("Empty PUT request.");
      assertThat(
              api.request(
                  "PUT",
                  "/network-interfaces/eth-0",
                  "{\"iface_id\":\"eth-0\",\"host_dev_name\":\"lo\"}"))
          .contains("can only contain alphanumeric characters and underscores");
      assertThat(
              api.request(
                  "PUT",
                  "/network-interfaces/eth0",
                  "{\"iface_id\":\"eth1\",\"host_dev_name\":\"lo\"}"))
          .contains("The id from the path [eth0] does not match the id from the body [eth1]!");
      assertThat(api.request("PUT", "/logger", "{\"level\":\"Off\"}")).isEqualTo("204");
    }
  }

  @Test
  void files_and_devices_are_opened_when_they_are_named() throws Exception {
    Path kernel = Files.writeString(dir.resolve("kernel"), "no kernel");
    try (RawClient api = begin()) {
      assertThat(api.request("PUT", "/boot-source", "{\"kernel_image_path\":\"/none\"}"))
          .contains("The kernel file cannot be opened: No such file or directory (os error 2)");
      assertThat(
              api.request(
                  "PUT",
                  "/boot-source",
                  "{\"kernel_image_path\":\"%s\",\"initrd_path\":\"/none\"}".formatted(kernel)))
          .contains("The initrd file cannot be opened");
      assertThat(api.request("PUT", "/drives/a", drive("a", dir.resolve("none"))))
          .contains("No such file or directory (os error 2) " + dir.resolve("none"));
      assertThat(
              api.request(
                  "PUT",
                  "/network-interfaces/eth0",
                  "{\"iface_id\":\"eth0\",\"host_dev_name\":\"nosuchtap\"}"))
          .contains("Invalid TUN/TAP Backend provided by nosuchtap.");
      Files.createFile(vsock);
      assertThat(api.request("PUT", "/vsock", vsock())).contains("Address in use");
      assertThat(action(api, "InstanceStart")).contains("without kernel configuration");
      assertThat(
              api.request(
                  "PUT", "/boot-source", "{\"kernel_image_path\":\"%s\"}".formatted(kernel)))
          .isEqualTo("204");
      assertThat(action(api, "InstanceStart")).contains("Invalid Elf magic");
      assertThat(api.request("GET", "/", "")).contains("\"state\":\"Not started\"");
    }
  }

  @Test
  void order_matters() throws Exception {
    try (RawClient api = begin()) {
      String before = "The requested operation is not supported before starting the microVM.";
      String after = "The requested operation is not supported after starting the microVM.";
      assertThat(api.request("PATCH", "/vm", "{\"state\":\"Paused\"}")).contains(before);
      assertThat(action(api, "SendCtrlAltDel")).contains(before);
      assertThat(action(api, "FlushMetrics")).contains(before);
      boot(api);

      assertThat(action(api, "InstanceStart")).contains(after);
      assertThat(api.request("PUT", "/machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":128}"))
          .contains(after);
      assertThat(api.request("PUT", "/vsock", vsock())).contains(after);
      assertThat(api.request("PUT", "/logger", "{}")).contains(after);
      assertThat(api.request("PATCH", "/vm", "{\"state\":\"Paused\"}")).isEqualTo("204");
      assertThat(api.request("PATCH", "/vm", "{\"state\":\"Paused\"}")).isEqualTo("204");
      assertThat(api.request("GET", "/", "")).contains("\"state\":\"Paused\"");
      assertThat(api.request("PATCH", "/vm", "{\"state\":\"Resumed\"}")).isEqualTo("204");
      assertThat(api.request("GET", "/", ""))
          .isEqualTo(
              "200 {\"id\":\"one\",\"state\":\"Running\",\"vmm_version\":\"1.16.1\","
                  + "\"app_name\":\"Firecracker\"}");
    }
  }

  @Test
  void what_came_later_is_unknown_to_an_older_version() throws Exception {
    binary.faults("version 1.13.1", "taps any");
    try (RawClient api = begin()) {
      assertThat(api.request("GET", "/version", ""))
          .isEqualTo("200 {\"firecracker_version\":\"1.13.1\"}");
      assertThat(api.request("PUT", "/serial", "{}"))
          .contains("Invalid request method and/or path: PUT serial.");
      assertThat(
              api.request(
                  "PUT",
                  "/network-interfaces/eth0",
                  "{\"iface_id\":\"eth0\",\"host_dev_name\":\"t\",\"mtu\":1500}"))
          .contains("unknown field `mtu`");
    }
  }

  @Test
  void it_takes_ten_connections_and_bodies_of_50_kib() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    clients.add(begin());
    for (int i = 1; i < 10; i++) {
      clients.add(RawClient.connect(socket));
      clients.get(i).request("GET", "/", "");
    }
    try (RawClient eleventh = RawClient.connect(socket)) {
      assertThat(eleventh.answer()).isEqualTo("503 { \"error\": \"Too many open connections\" }");
    }

    assertThat(clients.getFirst().request("PUT", "/entropy", " ".repeat(51_199) + "{}"))
        .startsWith("400 { \"error\": ")
        .contains("size 51201 is larger than the limit of 51200");
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void metrics_count_from_the_flush_before() throws Exception {
    Path metrics = dir.resolve("metrics");
    try (RawClient api = begin()) {
      String body = "{\"metrics_path\":\"%s\"}".formatted(metrics);
      assertThat(api.request("PUT", "/metrics", body)).isEqualTo("204");
      assertThat(api.request("PUT", "/metrics", body)).contains("Reinitialization");
      Path disk = Files.createFile(dir.resolve("disk"));
      assertThat(api.request("PUT", "/drives/root", drive("root", disk))).isEqualTo("204");
      boot(api);
      assertThat(action(api, "FlushMetrics")).isEqualTo("204");
      assertThat(action(api, "FlushMetrics")).isEqualTo("204");
    }

    List<String> lines = Files.readAllLines(metrics);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("\"block_root\"").doesNotContain("4096");
    assertThat(lines.get(1)).contains("\"read_bytes\":4096");
    assertThat(lines.get(2)).contains("\"read_bytes\":4096");
  }

  @Test
  void ctrl_alt_del_reboots_the_guest_which_ends_the_program() throws Exception {
    try (RawClient api = begin()) {
      boot(api);
      assertThat(action(api, "SendCtrlAltDel")).isEqualTo("204");
    }

    assertThat(processes.getFirst().waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(processes.getFirst().exitValue()).isZero();
    assertThat(socket).exists();
  }

  @Test
  void it_ends_as_it_is_told() throws Exception {
    binary.faults("exit start 148");
    try (RawClient api = begin()) {
      assertThatThrownBy(() -> boot(api)).isInstanceOf(IOException.class);
    }
    assertThat(processes.getFirst().waitFor()).isEqualTo(148);
    Files.delete(socket);
    Files.delete(vsock);
    binary.faults();
    try (RawClient api = begin()) {
      boot(api);
      binary.faults("exit now KILL");
      assertThat(processes.get(1).waitFor()).isEqualTo(128 + 9);
    }
  }

  @Test
  void a_host_reaches_a_port_of_the_guest_as_over_hybrid_vsock() throws Exception {
    Path agent = dir.resolve("agent");
    binary.faults("agent " + agent);
    try (ServerSocketChannel guest = listen(agent);
        ServerSocketChannel ready = listen(dir.resolve("v.sock_1025"));
        RawClient api = begin()) {
      api.request("PUT", "/vsock", vsock());
      try (RawClient early = RawClient.connect(vsock)) {
        early.send("CONNECT 1024\n");
        boot(api);
        ready.accept().close();
        assertThat(early.read(14)).matches("OK 107374182\\d\n");
        try (SocketChannel inside = guest.accept()) {
          inside.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
          assertThat(early.read(5)).isEqualTo("hello");
        }
        assertThat(early.readToTheEnd()).isEmpty();
      }
      assertThat(said("CONNECT 7777\n")).as("nobody listens there").isEmpty();
      assertThat(said("CONNECT 1\n")).as("nor there").isEmpty();
      assertThat(said("CONN")).as("the first write is too short").isEmpty();
      assertThat(said("CONNECT 1024")).as("no end of the line").isEmpty();
      assertThat(said("HELLO WORLD\n")).isEmpty();
      binary.faults("agent " + agent, "connect early-bytes");
      try (RawClient odd = RawClient.connect(vsock)) {
        odd.send("CONNECT 1024\n");
        assertThat(odd.read(8)).isEqualTo("OK 1\nGET");
      }
    }
  }

  private String said(String sent) throws Exception {
    try (RawClient client = RawClient.connect(vsock)) {
      client.send(sent);
      return client.readToTheEnd();
    }
  }

  private static ServerSocketChannel listen(Path path) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path));
  }

  /** A program that waits for its configuration. */
  private RawClient begin() throws Exception {
    start("--api-sock", socket.toString(), "--id", "one");
    return RawClient.connect(socket);
  }

  private void boot(RawClient api) throws IOException {
    Path kernel = Files.writeString(dir.resolve("vmlinux"), "\u007fELF...");
    assertThat(
            api.request("PUT", "/boot-source", "{\"kernel_image_path\":\"%s\"}".formatted(kernel)))
        .isEqualTo("204");
    if (!Files.exists(vsock)) {
      assertThat(api.request("PUT", "/vsock", vsock())).isEqualTo("204");
    }
    assertThat(action(api, "InstanceStart")).isEqualTo("204");
  }

  private static String action(RawClient api, String name) throws IOException {
    return api.request("PUT", "/actions", "{\"action_type\":\"%s\"}".formatted(name));
  }

  private static String drive(String id, Path file) {
    return "{\"drive_id\":\"%s\",\"is_root_device\":false,\"path_on_host\":\"%s\"}"
        .formatted(id, file);
  }

  private String vsock() {
    return "{\"guest_cid\":3,\"uds_path\":\"%s\"}".formatted(vsock);
  }

  private static String text(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private Process start(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(binary.program().toString()));
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectError(dir.resolve("err").toFile()).start();
    processes.add(process);
    return process;
  }
}
