package dev.banger.core.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Unpacks a plugin's zip once, into a directory named by the digest of its bytes. Admits only what
 * a plugin is made of: the manifest and {@code lib/*.jar}, and leaves out the rest.
 */
final class ZipStore {
  private static final Pattern WANTED =
      Pattern.compile("banger-plugin\\.json|lib/[A-Za-z0-9][A-Za-z0-9._+-]{0,120}\\.jar");
  private static final int MAX_ENTRIES = 1000;
  private static final long MAX_BYTES = 256L << 20;

  private ZipStore() {}

  static Path unpacked(Path zip, Path store) throws IOException {
    Path target = store.resolve(digest(zip));
    if (Files.isDirectory(target)) {
      return target;
    }
    Files.createDirectories(store);
    Path staging = Files.createTempDirectory(store, ".unpack");
    try {
      extract(zip, staging);
      move(staging, target);
    } finally {
      deleteTree(staging);
    }
    return target;
  }

  private static void extract(Path zip, Path staging) throws IOException {
    long left = MAX_BYTES;
    try (ZipFile archive = new ZipFile(zip.toFile())) {
      if (archive.size() > MAX_ENTRIES) {
        throw new IOException("it has more than " + MAX_ENTRIES + " entries");
      }
      Files.createDirectory(staging.resolve("lib"));
      for (Enumeration<? extends ZipEntry> entries = archive.entries();
          entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        if (!WANTED.matcher(entry.getName()).matches()) {
          continue;
        }
        try (InputStream in = archive.getInputStream(entry);
            OutputStream out = Files.newOutputStream(staging.resolve(entry.getName()))) {
          left -= copy(in, out, left);
        }
      }
    }
  }

  private static long copy(InputStream in, OutputStream out, long limit) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long total = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      total += count;
      if (total > limit) {
        throw new IOException("it unpacks to more than " + (MAX_BYTES >> 20) + " MiB");
      }
      out.write(buffer, 0, count);
    }
    return total;
  }

  private static void move(Path staging, Path target) throws IOException {
    try {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // Another daemon start was faster; its result is the same, by the digest.
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }

  private static String digest(Path zip) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(Files.newInputStream(zip), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void deleteTree(Path dir) throws IOException {
    if (!Files.exists(dir)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(dir)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
