package dev.banger.core.plugins;

import dev.banger.api.build.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 in lower-case hexadecimal. */
final class Digests {
  private static final int MAX_FILES = 20_000;

  private Digests() {}

  static String ofText(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  static String ofFile(Path file) throws IOException {
    try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }
  }

  /** Over the manifest, {@code lib} and {@code classes}: names, sizes and bytes, sorted by name. */
  static String ofPlugin(Path dir) throws IOException {
    List<Path> files = new ArrayList<>();
    Path manifest = dir.resolve(Manifest.FILE);
    if (Files.isRegularFile(manifest)) {
      files.add(manifest);
    }
    for (String part : List.of("classes", "lib")) {
      Path tree = dir.resolve(part);
      if (Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
        try (Stream<Path> walk = Files.walk(tree)) {
          walk.filter(Files::isRegularFile).limit(MAX_FILES).sorted().forEach(files::add);
        }
      }
    }
    try (DigestOutputStream out =
        new DigestOutputStream(OutputStream.nullOutputStream(), sha256())) {
      for (Path file : files) {
        String head = dir.relativize(file) + "\0" + Files.size(file) + "\0";
        out.write(head.getBytes(StandardCharsets.UTF_8));
        try (InputStream in = Files.newInputStream(file)) {
          in.transferTo(out);
        }
      }
      return HexFormat.of().formatHex(out.getMessageDigest().digest());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
