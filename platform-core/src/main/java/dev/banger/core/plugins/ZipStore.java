package dev.banger.core.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Unpacks a plugin's zip, into a directory named by the digest of its bytes. Admits only what a
 * plugin is made of: the manifest and {@code lib/*.jar}, as plain files, and leaves out the rest. A
 * zip that is made to harm is refused.
 */
final class ZipStore {
  /** What an interrupted unpacking leaves behind begins with it. */
  static final String STAGING = ".unpack";

  private static final Pattern WANTED =
      Pattern.compile("banger-plugin\\.json|lib/[A-Za-z0-9][A-Za-z0-9._+-]{0,120}\\.jar");
  private static final int MAX_ENTRIES = 1000;
  private static final long MAX_FILE = 256L << 20;
  private static final long MAX_BYTES = 256L << 20;

  /** Jars are compressed already; a zip of them that grows so much is a bomb. */
  private static final int MAX_RATIO = 100;

  private static final long SMALL = 4L << 20;

  private ZipStore() {}

  static Path unpacked(Path zip, Path store) throws IOException {
    String digest = digest(zip);
    Path target = store.resolve(digest);
    if (Files.isDirectory(target)) {
      return target;
    }
    Path staging = staged(zip, store);
    try {
      publish(staging, target);
    } finally {
      Trees.delete(staging);
    }
    return target;
  }

  static String digest(Path zip) throws IOException {
    if (!Files.isRegularFile(zip)) {
      throw new IOException("it is no file");
    }
    if (Files.size(zip) > MAX_FILE) {
      throw new IOException("it is larger than " + (MAX_FILE >> 20) + " MiB");
    }
    return Digests.ofFile(zip);
  }

  /** Unpacks into a new directory beside the others, which the caller deletes or moves. */
  static Path staged(Path zip, Path store) throws IOException {
    Files.createDirectories(store);
    Path staging = Files.createTempDirectory(store, STAGING);
    try {
      extract(zip, staging);
      Trees.sync(staging);
      return staging;
    } catch (IOException | RuntimeException e) {
      Trees.tryDelete(staging);
      throw e;
    }
  }

  private static void extract(Path zip, Path staging) throws IOException {
    long limit = Math.min(MAX_BYTES, Math.max(SMALL, Files.size(zip) * MAX_RATIO));
    long left = limit;
    Set<String> seen = new HashSet<>();
    try (ZipFile archive = new ZipFile(zip.toFile())) {
      if (archive.size() > MAX_ENTRIES) {
        throw new IOException("it has more than " + MAX_ENTRIES + " entries");
      }
      Files.createDirectory(staging.resolve("lib"));
      for (Enumeration<? extends ZipEntry> entries = archive.entries();
          entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        String name = entry.getName();
        if (leadsOutside(name)) {
          throw new IOException("an entry leads outside: " + shown(name));
        }
        if (!WANTED.matcher(name).matches()) {
          continue;
        }
        if (!seen.add(name.toLowerCase(Locale.ROOT))) {
          throw new IOException("two entries are named " + name);
        }
        try (InputStream in = archive.getInputStream(entry);
            OutputStream out = Files.newOutputStream(staging.resolve(name))) {
          left -= copy(in, out, left, limit);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("a name in it is not readable", e);
    }
  }

  private static boolean leadsOutside(String name) {
    return name.startsWith("/")
        || name.indexOf('\\') >= 0
        || name.indexOf('\0') >= 0
        || ("/" + name + "/").contains("/../");
  }

  private static String shown(String name) {
    return name.substring(0, Math.min(80, name.length())).replaceAll("\\p{Cntrl}", "?");
  }

  private static long copy(InputStream in, OutputStream out, long left, long limit)
      throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long total = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      total += count;
      if (total > left) {
        throw new IOException("it unpacks to more than " + (limit >> 20) + " MiB");
      }
      out.write(buffer, 0, count);
    }
    return total;
  }

  /** Moves in one step what was staged; who was faster has put the same there, by the digest. */
  static void publish(Path staging, Path target) throws IOException {
    try {
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }
}
