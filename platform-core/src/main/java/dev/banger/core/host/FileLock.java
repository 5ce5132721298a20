package dev.banger.core.host;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An exclusive lock that ends with the process, however it ends: one daemon per home.
 *
 * <p>The kernel drops a process's lock on a file as soon as that process closes <em>any</em>
 * descriptor of it. So this class never opens a lock file that this process holds, and nobody else
 * here may read one either: ask {@link #holder}. The file stays after release; removing it could
 * remove one that somebody else has locked meanwhile. Child processes do not inherit the lock.
 */
public final class FileLock implements Closeable {
  private static final int MAX_PID_BYTES = 32;
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final FileChannel channel;

  private FileLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock, or says at once that somebody has it: another process, or this one. Writes the
   * process id into the file. The directory must be there.
   *
   * @throws BangerException of kind HOST when the file cannot be made or locked at all
   */
  public static Optional<FileLock> tryAcquire(Path file) {
    synchronized (HELD) {
      try {
        Path real = real(file);
        if (HELD.contains(real)) {
          return Optional.empty();
        }
        FileChannel channel =
            FileChannel.open(
                real,
                Set.of(
                    StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean locked = false;
        try {
          locked = channel.tryLock() != null;
          if (locked) {
            channel.truncate(0);
            channel.write(
                ByteBuffer.wrap((OwnProcess.pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            HELD.add(real);
          }
        } catch (OverlappingFileLockException e) {
          locked = false;
        } finally {
          if (!HELD.contains(real)) {
            channel.close();
          }
        }
        return locked ? Optional.of(new FileLock(real, channel)) : Optional.empty();
      } catch (IOException e) {
        throw new BangerException(
            ErrorKind.HOST,
            "cannot lock %s: %s".formatted(file, IoReasons.of(e)),
            "check: ls -la " + file.toAbsolutePath().getParent(),
            List.of(),
            e);
      }
    }
  }

  /**
   * The process id in the lock file. Only a hint for a message: the process may be gone, and the
   * number belong to another.
   */
  public static OptionalLong holder(Path file) {
    synchronized (HELD) {
      try {
        if (HELD.contains(real(file))) {
          return OptionalLong.of(OwnProcess.pid());
        }
        try (var in = Files.newInputStream(file)) {
          String text = new String(in.readNBytes(MAX_PID_BYTES), StandardCharsets.US_ASCII);
          return OptionalLong.of(Long.parseLong(text.strip()));
        }
      } catch (IOException | NumberFormatException e) {
        return OptionalLong.empty();
      }
    }
  }

  /** Two names of one directory must not make two locks. */
  private static Path real(Path file) throws IOException {
    return file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
  }

  /** Releases the lock. May be repeated. */
  @Override
  public void close() {
    synchronized (HELD) {
      if (!channel.isOpen()) {
        return;
      }
      try {
        channel.close();
      } catch (IOException e) {
        // The descriptor is gone all the same, and the lock with it.
      }
      HELD.remove(file);
    }
  }
}
