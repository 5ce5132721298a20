package dev.banger.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortFinderTest {
  private static final String NET = "0x0001";
  private static final String CONSOLE = "0x0003";
  private static final String VSOCK = "0x0013";
  private static final int HOST = 2;

  @TempDir Path root;
  private PortFinder finder;

  @BeforeEach
  void aGuest() {
    finder = new PortFinder(root);
  }

  @Test
  void a_port_of_our_name_is_taken_before_a_vsock() throws Exception {
    device(VSOCK);
    device(CONSOLE);
    port("banger.agent.0");
    assertThat(finder.look(0)).isEqualTo(PortFinder.Kind.SERIAL);
    assertThat(DevicePort.find(root)).isEqualTo(root.resolve("dev/vport1p1"));
  }

  @Test
  void a_vsock_is_a_device_and_not_only_its_driver() throws Exception {
    file("dev/vsock", "");
    device(NET);
    assertThat(finder.look(60_000)).isEqualTo(PortFinder.Kind.NONE);
    device(VSOCK);
    assertThat(finder.look(0)).isEqualTo(PortFinder.Kind.VSOCK);
  }

  @Test
  void a_port_gets_time_for_its_name_and_then_the_vsock_is_taken() throws Exception {
    file("dev/vsock", "");
    device(VSOCK);
    device(CONSOLE);
    Files.createDirectories(root.resolve("sys/class/virtio-ports/vport1p1"));
    assertThat(finder.look(0)).isEqualTo(PortFinder.Kind.NONE);
    port("somebody.elses");
    assertThat(finder.look(1_000)).isEqualTo(PortFinder.Kind.NONE);
    assertThat(finder.look(3_000)).isEqualTo(PortFinder.Kind.VSOCK);
  }

  @Test
  void without_either_there_is_nothing() throws Exception {
    assertThat(finder.look(0)).isEqualTo(PortFinder.Kind.NONE);
  }

  @Test
  void only_the_host_gets_in_and_only_its_root_where_the_kernel_was_told_so() throws Exception {
    file("proc/cmdline", "console=ttyS0 quiet\n");
    assertThat(finder.callers().allow(HOST, 1_073_741_824)).isTrue();
    assertThat(finder.callers().allow(1, 1000)).isFalse();
    assertThat(finder.callers().allow(77, 1000)).isFalse();

    file("proc/cmdline", "console=ttyS0 banger.vsock=reserved quiet\n");
    assertThat(finder.callers().allow(HOST, 1023)).isTrue();
    assertThat(finder.callers().allow(HOST, 1024)).isFalse();
    // Ports are unsigned: the highest are not below the lowest.
    assertThat(finder.callers().allow(HOST, 0xffff_fff0)).isFalse();
    assertThat(finder.callers().allow(1, 1000)).isFalse();
  }

  private void device(String type) throws IOException {
    file("sys/bus/virtio/devices/virtio" + type + "/device", type + "\n");
  }

  private void port(String name) throws IOException {
    file("sys/class/virtio-ports/vport1p1/name", name + "\n");
  }

  private void file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
