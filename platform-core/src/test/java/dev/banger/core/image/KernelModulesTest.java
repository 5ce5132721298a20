package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelModulesTest {
  @TempDir Path dir;

  @Test
  void everyModuleComesAfterWhatItNeedsAndOnce() throws IOException {
    dependencies(
        "kernel/net.ko: kernel/net_failover.ko kernel/failover.ko kernel/virtio.ko kernel/ring.ko",
        "kernel/net_failover.ko: kernel/failover.ko",
        "kernel/failover.ko:",
        "kernel/blk.ko: kernel/virtio.ko kernel/ring.ko",
        "kernel/virtio.ko: kernel/ring.ko",
        "kernel/ring.ko:");

    assertThat(order("blk", "net", "blk"))
        .containsExactly(
            "ring.ko", "virtio.ko", "blk.ko", "failover.ko", "net_failover.ko", "net.ko");
  }

  @Test
  void anOrderThatOnlyTheModulesOwnLinesTellIsFound() throws IOException {
    dependencies("a.ko: b.ko c.ko", "b.ko:", "c.ko: b.ko");
    assertThat(order("a")).containsExactly("b.ko", "c.ko", "a.ko");
  }

  @Test
  void hyphensAndUnderscoresAreTheSameAndCompressionDoesNotMatter() throws IOException {
    dependencies("drivers/virtio-rng.ko.xz:", "drivers/v_sock.ko.zst:");
    assertThat(order("virtio_rng", "v-sock")).containsExactly("virtio-rng.ko.xz", "v_sock.ko.zst");
  }

  @Test
  void whatIsBuiltInOrUnknownIsSkipped() throws IOException {
    dependencies("overlay.ko: kernel/fs/ext4/ext4.ko");
    Files.writeString(dir.resolve("modules.builtin"), "kernel/fs/ext4/ext4.ko\n");

    assertThat(order("ext4", "nonsense", "overlay")).containsExactly("overlay.ko");
    assertThat(KernelModules.read(dir).has("ext4")).isTrue();
    assertThat(KernelModules.read(dir).has("nonsense")).isFalse();
  }

  @Test
  void modulesThatNeedEachOtherAreAnError() throws IOException {
    dependencies("a.ko: b.ko", "b.ko: c.ko", "c.ko: a.ko");
    assertDamaged("need each other", "a");
    dependencies("self.ko: self.ko");
    assertDamaged("need each other", "self");
  }

  @Test
  void aVeryLongChainIsNoProblem() throws IOException {
    StringBuilder lines = new StringBuilder("m0.ko:\n");
    for (int i = 1; i < 1000; i++) {
      lines.append("m%d.ko: m%d.ko\n".formatted(i, i - 1));
      Files.createFile(dir.resolve("m" + i + ".ko"));
    }
    Files.createFile(dir.resolve("m0.ko"));
    Files.writeString(dir.resolve("modules.dep"), lines);

    assertThat(order("m999")).hasSize(1000).startsWith("m0.ko").endsWith("m999.ko");
  }

  @Test
  void aNeedThatIsNotThereIsAnError() throws IOException {
    dependencies("a.ko: gone.ko");
    assertDamaged("a needs gone", "a");
  }

  @Test
  void aListedFileThatIsNotThereIsAnError() throws IOException {
    Files.writeString(dir.resolve("modules.dep"), "a.ko:\n");
    assertDamaged("a.ko is listed", "a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../etc/shadow.ko:",
        "/etc/shadow.ko:",
        "a.ko: ../b.ko",
        "no colon",
        ":",
        "a\u0007.ko:"
      })
  void oddLinesAreRefused(String line) throws IOException {
    Files.writeString(dir.resolve("modules.dep"), line + "\n");
    assertDamaged("damaged", "a");
  }

  @Test
  void aLinkOutOfTheKernelsModulesIsNotFollowed() throws IOException {
    Path outside = Files.createTempFile("outside", ".ko");
    try {
      Files.createSymbolicLink(dir.resolve("a.ko"), outside);
      Files.writeString(dir.resolve("modules.dep"), "a.ko:\n");
      assertDamaged("leads out", "a");
    } finally {
      Files.delete(outside);
    }
  }

  private void dependencies(String... lines) throws IOException {
    Files.write(dir.resolve("modules.dep"), List.of(lines));
    for (String line : lines) {
      Path file = dir.resolve(line.substring(0, line.indexOf(':')));
      Files.createDirectories(file.getParent());
      Files.writeString(file, line);
    }
  }

  private List<String> order(String... wanted) throws IOException {
    return KernelModules.read(dir).loadOrder(Arrays.asList(wanted)).stream()
        .map(file -> file.getFileName().toString())
        .toList();
  }

  private void assertDamaged(String message, String wanted) {
    assertThatThrownBy(() -> order(wanted))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
        .hasMessageContaining(message);
  }
}
