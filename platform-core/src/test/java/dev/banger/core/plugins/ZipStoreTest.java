package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipStoreTest {
  @TempDir Path temp;

  private Path store() {
    return temp.resolve("store");
  }

  private Path zip(List<String> names, int kibibytes) throws IOException {
    Path zip = temp.resolve("plugin.zip");
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (String name : names) {
        out.putNextEntry(new ZipEntry(name));
        byte[] block = new byte[1024];
        for (int i = 0; i < kibibytes; i++) {
          out.write(block);
        }
      }
    }
    return zip;
  }

  @AfterEach
  void nothingIsLeftOutsideOrHalfDone() throws IOException {
    assertThat(temp.resolve("evil")).doesNotExist();
    if (Files.exists(store())) {
      try (var entries = Files.list(store())) {
        assertThat(entries.map(path -> path.getFileName().toString()))
            .allMatch(name -> name.matches("[0-9a-f]{64}"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../evil", "lib/../../evil", "/evil", "lib\\..\\..\\evil", "..", "lib/.."})
  void a_zip_that_leads_outside_is_refused(String name) throws IOException {
    Path zip = zip(List.of("banger-plugin.json", name), 0);
    assertThatThrownBy(() -> ZipStore.unpacked(zip, store()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leads outside");
  }

  @Test
  void a_bomb_is_refused_however_small_it_is_packed() throws IOException {
    Path zip = zip(List.of("lib/a.jar"), 20 * 1024);
    assertThat(Files.size(zip)).isLessThan(100_000);
    assertThatThrownBy(() -> ZipStore.unpacked(zip, store()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unpacks to more than 4 MiB");
  }

  @Test
  void too_many_entries_are_refused() throws IOException {
    Path zip = zip(IntStream.range(0, 1001).mapToObj(i -> "docs/" + i).toList(), 0);
    assertThatThrownBy(() -> ZipStore.unpacked(zip, store()))
        .hasMessageContaining("more than 1000 entries");
  }

  @Test
  void two_entries_that_differ_in_case_alone_are_refused() throws IOException {
    Path zip = zip(List.of("lib/a.jar", "lib/A.jar"), 0);
    assertThatThrownBy(() -> ZipStore.unpacked(zip, store()))
        .hasMessageContaining("two entries are named");
  }

  @Test
  void what_is_no_zip_is_refused() throws IOException {
    Path file = Files.writeString(temp.resolve("x.zip"), "PK", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ZipStore.unpacked(file, store())).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ZipStore.unpacked(temp, store())).hasMessageContaining("no file");
    assertThatThrownBy(() -> ZipStore.unpacked(temp.resolve("none"), store()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void only_what_belongs_to_a_plugin_is_unpacked() throws IOException {
    Path zip =
        zip(List.of("banger-plugin.json", "lib/a.jar", "run.sh", "lib/deep/b.jar", "lib/c.txt"), 1);
    Path dir = ZipStore.unpacked(zip, store());
    try (var files = Files.walk(dir)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> dir.relativize(file).toString()))
          .containsExactlyInAnyOrder("banger-plugin.json", "lib/a.jar");
    }
  }
}
