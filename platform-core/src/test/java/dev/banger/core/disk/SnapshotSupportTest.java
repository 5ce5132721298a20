package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.host.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotSupportTest {
  @TempDir Path dir;
  private FakeKernel kernel;

  @BeforeEach
  void aHostThatCan() throws IOException {
    kernel = new FakeKernel(dir);
  }

  private RootDiskStrategy.Suitability look() {
    return look(kernel.commands);
  }

  private RootDiskStrategy.Suitability look(Commands commands) {
    return new SnapshotSupport(new DiskTools(commands), dir).suitability();
  }

  @Test
  void a_host_with_everything_is_asked_once() {
    SnapshotSupport support = new SnapshotSupport(new DiskTools(kernel.commands), dir);
    assertThat(support.suitability().usable()).isTrue();
    assertThat(support.suitability().usable()).isTrue();
    assertThat(kernel.calls()).containsExactly("dmsetup targets");
  }

  @Test
  void an_ordinary_user_and_root_in_name_only_cannot() throws Exception {
    kernel.capabilities("00000000a80425fb");
    assertThat(look().reason()).contains("rights of root");
    assertThat(look().remedy()).contains("run the daemon as root");
    assertThat(kernel.calls()).isEmpty();
  }

  @Test
  void a_missing_tool_is_named_with_its_package() {
    kernel.commands.without("dmsetup");
    assertThat(look().reason()).isEqualTo("dmsetup is not installed");
    assertThat(look().remedy()).contains("apt-get install dmsetup");
  }

  @Test
  void a_kernel_without_device_mapper_is_told_from_a_module_that_is_not_loaded() throws Exception {
    Path mapper = dir.resolve("sys/class/misc/device-mapper");
    Files.delete(mapper);
    assertThat(look().reason()).isEqualTo("this kernel has no device mapper");

    FakeCommands loading =
        new FakeCommands(
            call -> {
              if (call.argv().getFirst().equals("modprobe")) {
                makeDirectory(mapper);
              }
              return kernel.answer(call);
            });
    assertThat(look(loading).usable()).isTrue();
  }

  private static void makeDirectory(Path path) {
    try {
      Files.createDirectory(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void missing_loop_devices_and_a_device_mapper_out_of_reach_are_told() throws Exception {
    FakeCommands denied =
        new FakeCommands(
            call ->
                new Commands.Result(
                    1, "", "/dev/mapper/control: open failed: Operation not permitted\n"));
    assertThat(look(denied).reason())
        .isEqualTo(
            "dmsetup cannot reach the device mapper: /dev/mapper/control: open failed: Operation"
                + " not permitted");

    FakeCommands bare = new FakeCommands(call -> new Commands.Result(0, "linear v1.4.0\n", ""));
    assertThat(look(bare).reason()).contains("cannot make snapshots");

    Files.delete(dir.resolve("dev/loop-control"));
    assertThat(look().reason()).contains("no loop devices");
  }
}
