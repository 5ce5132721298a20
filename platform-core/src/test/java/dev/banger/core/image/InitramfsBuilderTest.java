package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsBuilderTest {
  @TempDir Path dir;
  private Path modules;
  private Busybox busybox;

  /** Pretends that xz only says what it was asked to unpack. */
  private final FakeCommands commands =
      new FakeCommands(
          call -> {
            try {
              call.stdout()
                  .write(
                      "unpacked by %s"
                          .formatted(call.argv().getFirst())
                          .getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return FakeCommands.OK;
          });

  private final InitramfsBuilder builder =
      new InitramfsBuilder(commands, () -> "#!/bin/busybox sh\n".getBytes(StandardCharsets.UTF_8));

  @BeforeEach
  void aKernel() throws Exception {
    modules = Files.createDirectories(dir.resolve("lib/modules/6.1-test"));
    busybox = Busybox.at(commands, TinyElf.linkedStatically(dir.resolve("busybox")));
    Files.write(
        modules.resolve("modules.dep"),
        List.of(
            "virtio_console.ko: virtio.ko",
            "virtio_net.ko: failover.ko virtio.ko",
            "failover.ko:",
            "virtio_blk.ko.xz: virtio.ko",
            "virtio_mmio.ko.gz: virtio.ko",
            "virtio.ko:"));
    for (String plain : List.of("virtio_console", "virtio_net", "failover")) {
      Files.writeString(modules.resolve(plain + ".ko"), plain);
    }
    Files.writeString(modules.resolve("modules.builtin"), "kernel/fs/ext4/ext4.ko\n");
    Files.writeString(modules.resolve("virtio.ko"), "plain");
    Files.writeString(modules.resolve("virtio_blk.ko.xz"), "compressed");
    try (var out =
        new GZIPOutputStream(Files.newOutputStream(modules.resolve("virtio_mmio.ko.gz")))) {
      out.write("unpacked here".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void itHoldsInitBusyboxAndTheModulesUnpackedInLoadOrder() throws Exception {
    Path target = dir.resolve("initrd");
    builder.build(busybox, modules, target);

    Path unpacked = unpack(target);
    assertThat(unpacked.resolve("init")).hasContent("#!/bin/busybox sh").isExecutable();
    assertThat(unpacked.resolve("bin/busybox")).hasSameBinaryContentAs(busybox.binary());
    assertThat(unpacked.resolve("modules/order"))
        .hasContent("virtio.ko\nvirtio_mmio.ko\nvirtio_blk.ko");
    // The way to the agent is the last to open, behind the network and all else.
    assertThat(unpacked.resolve("modules/later"))
        .hasContent("failover.ko\nvirtio_net.ko\nvirtio_console.ko");
    assertThat(unpacked.resolve("modules/virtio_net.ko")).hasContent("virtio_net");
    assertThat(unpacked.resolve("modules/virtio.ko")).hasContent("plain");
    assertThat(unpacked.resolve("modules/virtio_mmio.ko")).hasContent("unpacked here");
    assertThat(unpacked.resolve("modules/virtio_blk.ko")).hasContent("unpacked by xz");
    for (String empty : List.of("dev", "proc", "sys", "newroot")) {
      assertThat(unpacked.resolve(empty)).isDirectory();
    }
  }

  @Test
  void twoBuildsGiveTheSameBytes() throws Exception {
    builder.build(busybox, modules, dir.resolve("one"));
    Files.setLastModifiedTime(busybox.binary(), FileTime.from(Instant.EPOCH));
    builder.build(busybox, modules, dir.resolve("two"));

    assertThat(dir.resolve("two")).hasSameBinaryContentAs(dir.resolve("one"));
  }

  @Test
  void aKernelWithoutDisksForGuestsIsRefused() throws Exception {
    Files.writeString(modules.resolve("modules.dep"), "virtio_mmio.ko.gz:\n");

    assertThatThrownBy(() -> builder.build(busybox, modules, dir.resolve("initrd")))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
        .hasMessageContaining("6.1-test has no virtio_blk");
    assertThat(dir.resolve("initrd")).doesNotExist();
  }

  @Test
  void aKernelWithoutModuleListsIsToldByName() throws Exception {
    Files.delete(modules.resolve("modules.dep"));
    assertThatThrownBy(() -> builder.build(busybox, modules, dir.resolve("initrd")))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("modules.dep");
  }

  /** Leaves the device node out: only root could make it. */
  private Path unpack(Path archive) throws Exception {
    Path into = Files.createDirectory(dir.resolve("unpacked"));
    try (var in = Files.newInputStream(archive)) {
      new ProcessCommands()
          .check(
              Commands.Call.of(
                      Duration.ofSeconds(20),
                      "cpio",
                      "--quiet",
                      "-id",
                      "--no-absolute-filenames",
                      "--nonmatching",
                      "dev/console")
                  .withStdin(in)
                  .withCwd(into));
    }
    return into;
  }
}
