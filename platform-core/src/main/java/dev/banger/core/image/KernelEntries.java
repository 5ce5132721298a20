package dev.banger.core.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The files of a {@link KernelCache}: {@code DIGEST.elf}, and {@code DIGEST.elf.sum} with its
 * length and its own digest, whose time is when it was last used. The second is written last, so an
 * entry without it is none.
 */
final class KernelEntries {
  /** About 50 MB each. */
  private static final int MOST = 6;

  /** A VMM that was given one reads it within moments. */
  private static final Duration RECENT = Duration.ofHours(1);

  private static final int BUFFER = 1 << 16;
  private static final int MAX_SUM = 256;

  private final Path dir;

  KernelEntries(Path dir) {
    this.dir = dir;
  }

  Path elf(String digest) {
    return dir.resolve(digest + ".elf");
  }

  private Path sum(String digest) {
    return dir.resolve(digest + ".elf.sum");
  }

  /** Whether it is there as it was made. Reads it all. */
  boolean isWhole(String digest) throws IOException {
    try (FileChannel sum = FileChannel.open(sum(digest), StandardOpenOption.READ);
        FileChannel elf = FileChannel.open(elf(digest), StandardOpenOption.READ)) {
      if (sum.size() > MAX_SUM) {
        return false;
      }
      String noted = Files.readString(sum(digest), StandardCharsets.ISO_8859_1);
      // The length first: it needs no reading.
      return noted.startsWith(elf.size() + " ") && noted.equals(line(elf));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Where a new one may be written. */
  Path begin(String digest) throws IOException {
    Files.createDirectories(dir);
    Path part = dir.resolve(digest + ".elf.part");
    Files.deleteIfExists(part);
    Files.deleteIfExists(sum(digest));
    return part;
  }

  void finish(String digest, Path part, FileChannel written) throws IOException {
    String line = line(written);
    Files.move(
        part, elf(digest), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(part, line, StandardCharsets.ISO_8859_1);
    Files.move(
        part, sum(digest), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void used(String digest) throws IOException {
    Files.setLastModifiedTime(sum(digest), FileTime.from(Instant.now()));
  }

  /** Removes those that were used longest ago, and what a crash left; never {@code kept}. */
  void prune(String kept) throws IOException {
    record Entry(Path elf, FileTime used) {}
    List<Entry> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(dir, "*.{elf,part}")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!name.equals(kept + ".elf")) {
          Path sum = dir.resolve(name + ".sum");
          Optional<FileIdentity> used = FileIdentity.find(name.endsWith(".part") ? file : sum);
          all.add(new Entry(file, used.map(FileIdentity::modified).orElse(FileTime.fromMillis(0))));
        }
      }
    }
    all.sort(Comparator.comparing(Entry::used).reversed());
    Instant recent = Instant.now().minus(RECENT);
    for (int i = 0; i < all.size(); i++) {
      Entry entry = all.get(i);
      boolean part = entry.elf().toString().endsWith(".part");
      if ((part || i >= MOST - 1) && entry.used().toInstant().isBefore(recent)) {
        Files.deleteIfExists(entry.elf());
        Files.deleteIfExists(dir.resolve(entry.elf().getFileName() + ".sum"));
      }
    }
  }

  /** SHA-256 in hexadecimal. */
  static String digest(FileChannel file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      long at = 0;
      for (int count = file.read(buffer, at); count >= 0; count = file.read(buffer, at)) {
        at += count;
        digest.update(buffer.flip());
        buffer.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static String line(FileChannel elf) throws IOException {
    return "%d %s\n".formatted(elf.size(), digest(elf));
  }
}
