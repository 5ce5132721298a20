package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What is in {@code .git} in the guest: nothing of the source's own but its commits and where its
 * remotes are.
 *
 * @param index of HEAD
 * @param pack directory of the pack and its index; empty when the guest is sent it by itself
 */
record Skeleton(History history, String config, Path index, Optional<Path> pack) {
  private static final List<String> FOLDERS =
      List.of(
          "",
          "/info",
          "/objects",
          "/objects/info",
          "/objects/pack",
          "/refs",
          "/refs/heads",
          "/refs/tags");

  void write(TarWriter tar, String prefix, long now) throws IOException, InterruptedException {
    String git = prefix + ".git";
    for (String folder : FOLDERS) {
      tar.directory(git + folder, 0755, now);
    }
    text(tar, git + "/HEAD", history.head(), now);
    text(tar, git + "/config", config, now);
    text(tar, git + "/packed-refs", history.packedRefs(), now);
    Optional<String> shallow = history.shallow();
    if (shallow.isPresent()) {
      text(tar, git + "/shallow", shallow.get(), now);
    }
    file(tar, git + "/index", index, 0644, now);
    if (pack.isPresent()) {
      TreeSet<Path> parts = new TreeSet<>();
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(pack.get(), "pack-*.{pack,idx}")) {
        found.forEach(parts::add);
      }
      for (Path part : parts) {
        String name = part.getFileName().toString();
        file(tar, git + "/objects/pack/" + name, part, 0444, now);
        if (history.isPartial() && name.endsWith(".pack")) {
          text(
              tar,
              git + "/objects/pack/" + name.substring(0, name.length() - 5) + ".promisor",
              "",
              now);
        }
      }
    }
  }

  private static void text(TarWriter tar, String name, String text, long now) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    tar.file(name, new ByteArrayInputStream(bytes), bytes.length, 0644, now);
  }

  private static void file(TarWriter tar, String name, Path file, int mode, long now)
      throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      tar.file(name, content, Files.size(file), mode, now);
    }
  }
}
