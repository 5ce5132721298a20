package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleFileTest {
  private static final int MORE_THAN_ALLOWED_MIB = 65;

  @TempDir Path dir;

  @Test
  void aSmallFileThatUnpacksToALargeOneIsRefused() throws Exception {
    Path gz = dir.resolve("bomb.ko.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gz))) {
      pour(out);
    }
    assertInvalid(() -> new ModuleFile(new FakeCommands(call -> FakeCommands.OK)).read(gz));

    var zstd =
        new FakeCommands(
            call -> {
              pour(call.stdout());
              return FakeCommands.OK;
            });
    assertInvalid(() -> new ModuleFile(zstd).read(dir.resolve("bomb.ko.zst")));
  }

  @Test
  void anUnknownCompressionIsRefusedByName() {
    ModuleFile reader = new ModuleFile(new FakeCommands(call -> FakeCommands.OK));
    assertInvalid(() -> reader.read(dir.resolve("a.ko.lz9")));
  }

  private static void pour(OutputStream out) {
    byte[] mebibyte = new byte[1 << 20];
    try {
      for (int i = 0; i < MORE_THAN_ALLOWED_MIB; i++) {
        out.write(mebibyte);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertInvalid(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
  }
}
