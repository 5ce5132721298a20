package dev.banger.core.vmm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedLogTest {
  @TempDir Path dir;

  @Test
  void aFileThatGrewTooLargeKeepsItsEndAndItsWriterGoesOn() throws Exception {
    Path file = dir.resolve("console");
    try (OutputStream guest =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      guest.write("old ".repeat(1000).getBytes(UTF_8));
      guest.write("the end".getBytes(UTF_8));

      BoundedLog.trim(file, 100, 7);
      guest.write(", and on".getBytes(UTF_8));
    }

    assertThat(file).hasContent("the end, and on");
  }

  @Test
  void aSmallFileIsLeftAlone() throws Exception {
    Path file = Files.writeString(dir.resolve("console"), "short");

    BoundedLog.trim(file, 5, 1);
    BoundedLog.trim(dir.resolve("absent"), 5, 1);

    assertThat(file).hasContent("short");
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    Path precious = Files.writeString(dir.resolve("precious"), "x".repeat(1000));
    Path link = Files.createSymbolicLink(dir.resolve("console"), precious);

    BoundedLog.trim(link, 10, 1);

    assertThat(precious).hasSize(1000);
  }

  @Test
  void theTailIsShortPrintableAndStartsWhereItIsTold() throws Exception {
    String earlier = "of an earlier run\n";
    Path file =
        Files.writeString(
            dir.resolve("log"),
            earlier + "a\n".repeat(100) + "\u001b[2Jevil\tname\u0007\n\n" + "x".repeat(5000));

    assertThat(BoundedLog.tail(file, earlier.length()))
        .hasSize(12)
        .startsWith("a")
        .contains("[2Jevil name")
        .allMatch(line -> line.length() <= 400);
    assertThat(BoundedLog.tail(file, Files.size(file))).isEmpty();
    assertThat(BoundedLog.tail(dir.resolve("absent"), 0)).isEmpty();
  }
}
