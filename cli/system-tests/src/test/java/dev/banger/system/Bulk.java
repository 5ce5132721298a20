package dev.banger.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** Large files of noise, and their digests. */
final class Bulk {
  private static final int BLOCK = 1024 * 1024;

  private Bulk() {}

  /** Writes {@code mebibytes} MiB that look random and are the same every time. */
  static void write(Path file, int mebibytes) throws IOException {
    SplittableRandom random = new SplittableRandom(20260101);
    byte[] block = new byte[BLOCK];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
  }

  static String sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static void copy(Path from, OutputStream to) throws IOException {
    try (InputStream in = Files.newInputStream(from);
        to) {
      in.transferTo(to);
    }
  }
}
