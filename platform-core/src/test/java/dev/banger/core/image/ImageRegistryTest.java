package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.ProcessCommands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRegistryTest {
  @TempDir Path dir;
  private Path images;
  private ImageRegistry registry;

  @BeforeEach
  void anEmptyRegistry() {
    images = dir.resolve("data/images");
    registry = new ImageRegistry(new ProcessCommands(), images);
  }

  @Test
  void aPublishedImageIsFoundWithAllItsFiles() throws Exception {
    Image published = publish("tiny");

    assertThat(registry.get("tiny")).isEqualTo(published);
    assertThat(registry.list()).containsExactly(published);
    assertThat(published.kernel()).hasContent("kernel").isEqualTo(images.resolve("tiny/kernel"));
    assertThat(published.initrd()).hasContent("initrd");
    assertThat(published.rootfs()).hasContent("rootfs");
    assertThat(published.kernelVersion()).isEqualTo("6.1");
    assertThat(published.diskMiB()).isEqualTo(8192);
    assertThat(published.description()).isEqualTo("a \"test\" image");
    assertThat(registry.sizeMiB("tiny")).isBetween(0L, 1L);
    assertThat(images.toFile().list()).containsExactly("tiny");
  }

  @Test
  void aRegistryWithoutADirectoryIsEmpty() {
    assertThat(registry.list()).isEmpty();
    assertThat(registry.sweep()).isEmpty();
    assertThatThrownBy(() -> registry.get("tiny"))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND);
              assertThat(e.hint()).contains("banger image import");
            });
  }

  @Test
  void anUnknownImageIsAnsweredWithTheKnownOnes() throws Exception {
    publish("tiny");
    publish("debian");
    assertThatThrownBy(() -> registry.get("fedora"))
        .hasMessage("there is no image fedora; known: debian, tiny");
  }

  @Test
  void whatIsNotPublishedDisappears() {
    try (ImageStaging staging = registry.stage()) {
      assertThat(staging.image()).isDirectory();
      assertThat(registry.list()).isEmpty();
    }
    assertThat(images).isEmptyDirectory();
  }

  @Test
  void leftoversOfACrashAreSweptAndImagesAreNot() throws Exception {
    publish("tiny");
    Path leftover = registry.stage().scratch();
    Files.writeString(leftover.resolve("half"), "half an image");
    Path outside = Files.writeString(dir.resolve("outside"), "precious");
    Files.createSymbolicLink(leftover.resolve("link"), outside);
    Files.createDirectories(images.resolve(".deleted-0123/x"));

    assertThat(registry.list()).hasSize(1);
    assertThat(registry.listing().broken()).isEmpty();
    assertThat(registry.sweep()).isEmpty();

    assertThat(images.toFile().list()).containsExactly("tiny");
    assertThat(outside).hasContent("precious");
  }

  @Test
  void aSecondImageOfTheSameNameIsRefusedAndTheFirstStays() throws Exception {
    Image first = publish("tiny");

    assertKind(ErrorKind.CONFLICT, () -> registry.checkFree("tiny"));
    assertKind(ErrorKind.CONFLICT, () -> publish("tiny"));
    assertThat(registry.get("tiny")).isEqualTo(first);
    assertThat(images.toFile().list()).containsExactly("tiny");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "{\"schema\":1}",
        "{\"schema\":1,\"schema\":1}",
        "{\"schema\":2,\"name\":\"bad\",\"kernelVersion\":\"6\",\"diskMiB\":1,\"sizeMiB\":1,\"createdAt\":\"2026-01-01T00:00:00Z\"}",
        "{\"schema\":1,\"name\":\"other\",\"kernelVersion\":\"6\",\"diskMiB\":1,\"sizeMiB\":1,\"createdAt\":\"2026-01-01T00:00:00Z\"}",
        "{\"schema\":1,\"name\":\"bad\",\"kernelVersion\":\"6\",\"diskMiB\":-1,\"sizeMiB\":1,\"createdAt\":\"2026-01-01T00:00:00Z\"}",
        "{\"schema\":1,\"name\":\"bad\",\"kernelVersion\":\"6\",\"diskMiB\":99999999999999999999,\"sizeMiB\":1,\"createdAt\":\"2026-01-01T00:00:00Z\"}",
        "{\"schema\":1,\"name\":\"bad\",\"kernelVersion\":\"6\",\"diskMiB\":1,\"sizeMiB\":1,\"createdAt\":\"yesterday\"}"
      })
  void aBrokenManifestIsReportedAndHidesNoOtherImage(String json) throws Exception {
    publish("bad");
    Image good = publish("good");
    Path manifest = images.resolve("bad/image.json");
    Files.delete(manifest);
    Files.writeString(manifest, json);

    assertThat(registry.list()).containsExactly(good);
    assertThat(registry.listing().broken())
        .singleElement()
        .satisfies(
            broken -> {
              assertThat(broken.name()).isEqualTo("bad");
              assertThat(broken.reason()).isNotBlank();
            });
    assertThatThrownBy(() -> registry.get("bad"))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.HOST);
              assertThat(e.hint()).contains("banger image delete bad");
            });
    registry.delete("bad", List.of());
    assertThat(registry.listing().broken()).isEmpty();
  }

  @Test
  void anImageThatLostAFileIsBroken() throws Exception {
    Files.delete(publish("tiny").rootfs());
    assertThat(registry.listing().broken())
        .containsExactly(new ImageRegistry.BrokenImage("tiny", "rootfs.img is missing"));
  }

  @Test
  void aHugeManifestIsNotReadWhole() throws Exception {
    publish("tiny");
    Path manifest = images.resolve("tiny/image.json");
    Files.delete(manifest);
    Files.writeString(manifest, " ".repeat(100_000));
    assertThat(registry.listing().broken().getFirst().reason()).contains("larger than");
  }

  @Test
  void anImageInUseIsKeptAndItsUsersAreNamed() throws Exception {
    publish("tiny");
    assertThatThrownBy(() -> registry.delete("tiny", List.of("web", "db")))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT);
              assertThat(e.hint()).isEqualTo("banger vm delete web db");
            })
        .hasMessage("image tiny is in use by web, db");
    assertThat(registry.get("tiny").rootfs()).exists();
  }

  @Test
  void aDeletedImageLeavesNothing() throws Exception {
    publish("tiny");
    registry.delete("tiny", List.of());
    assertThat(images).isEmptyDirectory();
    assertKind(ErrorKind.NOT_FOUND, () -> registry.delete("tiny", List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".staging-x", "a/b", "Tiny", "-a", "a-", "a b", "a\nb", "ü"})
  void namesThatAreNoLabelsReachNoFile(String name) throws Exception {
    Path outside = Files.writeString(dir.resolve("data.txt"), "precious");
    assertKind(ErrorKind.INVALID, () -> registry.get(name));
    assertKind(ErrorKind.INVALID, () -> registry.checkFree(name));
    assertKind(ErrorKind.INVALID, () -> registry.delete(name, List.of()));
    assertThat(outside).exists();
  }

  @Test
  void namesHave63CharactersAtMost() {
    registry.checkFree("a".repeat(63));
    assertKind(ErrorKind.INVALID, () -> registry.checkFree("a".repeat(64)));
  }

  private Image publish(String name) throws IOException, InterruptedException {
    try (ImageStaging staging = registry.stage()) {
      Files.writeString(staging.kernel(), "kernel");
      Files.writeString(staging.initrd(), "initrd");
      Files.writeString(staging.rootfs(), "rootfs");
      Files.writeString(staging.scratch().resolve("left"), "over");
      return registry.publish(staging, name, "6.1", 8192, "a \"test\" image");
    }
  }

  private static void assertKind(ErrorKind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(BangerException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
