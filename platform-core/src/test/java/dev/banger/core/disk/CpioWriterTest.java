package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioWriterTest {
  @TempDir Path dir;

  @Test
  void theHostsCpioReadsNamesModesAndOwners() throws Exception {
    String listing = list(sample());

    assertThat(listing.lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("drwxr-xr-x +2 root +root +0 .* dev"),
            line -> assertThat(line).matches("crw------- +1 root +root +5, +1 .* dev/console"),
            line -> assertThat(line).matches("-rwxr-xr-x +1 root +root +5 .* init"),
            line -> assertThat(line).matches("-rw-r----- +1 root +root +3 .* copied"));
  }

  @Test
  void equalInputGivesEqualBytesWhateverTheFilesDateAndOwner() throws Exception {
    byte[] first = sample();
    Files.setLastModifiedTime(dir.resolve("copied"), FileTime.from(Instant.EPOCH));

    assertThat(sample()).isEqualTo(first);
  }

  @Test
  void anArchiveEndsWhereTheNextOneMayBegin() throws Exception {
    assertThat(sample().length % 512).isZero();
  }

  @Test
  void aFileTooLargeForTheFormatIsRefusedBeforeAnythingIsWritten() throws Exception {
    Path huge = Files.createFile(dir.resolve("huge"));
    try (var channel = FileChannel.open(huge, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1L << 32);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertThatThrownBy(() -> new CpioWriter(out).file("huge", 0644, huge))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too large");
    assertThat(out.size()).isZero();
  }

  private byte[] sample() throws IOException {
    Path copied = dir.resolve("copied");
    if (!Files.exists(copied)) {
      Files.writeString(copied, "abc");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CpioWriter cpio = new CpioWriter(out)) {
      cpio.directory("dev", 0755);
      cpio.characterDevice("dev/console", 0600, 5, 1);
      cpio.file("init", 0755, new byte[] {1, 2, 3, 4, 5});
      cpio.file("copied", 0640, copied);
    }
    return out.toByteArray();
  }

  private static String list(byte[] archive) throws InterruptedException {
    return new ProcessCommands()
        .check(
            Commands.Call.of(Duration.ofSeconds(20), "cpio", "--quiet", "-tv")
                .withStdin(new ByteArrayInputStream(archive)))
        .stdout();
  }
}
