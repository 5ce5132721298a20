package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * ELF files made of distributions' kernels, one per kernel, named by the digest of what it was made
 * from. Making one takes about a second; afterwards a call looks at two files' status only.
 */
public final class KernelCache implements ElfKernels {
  private final KernelUnpacker unpacker;
  private final KernelEntries entries;

  /** One at a time: each takes a processor, and some hundred MiB of disk. */
  private final ReentrantLock making = new ReentrantLock();

  /** What has been seen to be right, by the kernel it belongs to. */
  private final Map<Path, Seen> seen = new ConcurrentHashMap<>();

  /**
   * @param dir where they are kept; made when needed; only files ending in {@code .elf}, {@code
   *     .elf.sum} and {@code .elf.part} in it are touched
   */
  public KernelCache(Commands commands, Path dir) {
    this.unpacker = new KernelUnpacker(commands);
    this.entries = new KernelEntries(dir);
  }

  private record Seen(FileIdentity kernel, String digest, FileIdentity elf) {}

  @Override
  public Path elf(Path kernel, Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    try {
      FileIdentity now = FileIdentity.of(kernel);
      Optional<Path> known = known(kernel, now);
      if (known.isPresent()) {
        return known.get();
      }
      try (FileChannel file = FileChannel.open(kernel, StandardOpenOption.READ)) {
        byte[] head = head(file);
        if (ElfHeader.isElf(head)) {
          insist(kernel, ElfHeader.problem(head, file.size()));
          return kernel;
        }
        if (!making.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          throw late(kernel, deadline);
        }
        try {
          return found(kernel, now, file, end);
        } finally {
          making.unlock();
        }
      }
    } catch (ClosedByInterruptException e) {
      Thread.interrupted();
      throw new InterruptedException("interrupted over the kernel " + kernel);
    } catch (NoSuchFileException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "the kernel %s does not exist".formatted(kernel),
          "import the image again");
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot make an ELF file of the kernel %s: %s".formatted(kernel, e.getMessage()),
          "",
          List.of(),
          e);
    }
  }

  private Optional<Path> known(Path kernel, FileIdentity now) throws IOException {
    Seen last = seen.get(kernel);
    if (last == null || !last.kernel().equals(now)) {
      return Optional.empty();
    }
    Path elf = entries.elf(last.digest());
    if (!FileIdentity.find(elf).filter(last.elf()::equals).isPresent()) {
      return Optional.empty();
    }
    entries.used(last.digest());
    return Optional.of(elf);
  }

  private Path found(Path kernel, FileIdentity now, FileChannel file, long end)
      throws IOException, InterruptedException {
    // Another caller may have made it while this one waited.
    Optional<Path> known = known(kernel, now);
    if (known.isPresent()) {
      return known.get();
    }
    String digest = KernelEntries.digest(file);
    Path elf = entries.elf(digest);
    if (!entries.isWhole(digest)) {
      make(kernel, digest, file, end);
    }
    seen.put(kernel, new Seen(now, digest, FileIdentity.of(elf)));
    entries.used(digest);
    entries.prune(digest);
    return elf;
  }

  private void make(Path kernel, String digest, FileChannel file, long end)
      throws IOException, InterruptedException {
    BzImage image = BzImage.read(file, kernel);
    Path part = entries.begin(digest);
    boolean done = false;
    try (FileChannel out =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      OutputStream buffered = new BufferedOutputStream(Channels.newOutputStream(out), 1 << 16);
      unpacker.unpack(file, kernel, image, buffered, left);
      buffered.flush();
      insist(kernel, "what it unpacks to ", ElfHeader.problem(head(out), out.size()));
      out.force(true);
      entries.finish(digest, part, out);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(part);
      }
    }
  }

  private static void insist(Path kernel, String problem) {
    insist(kernel, "it ", problem);
  }

  private static void insist(Path kernel, String subject, String problem) {
    if (!problem.isEmpty()) {
      throw BzImage.bad(kernel, subject + problem);
    }
  }

  private static byte[] head(FileChannel file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(ElfHeader.LENGTH, file.size()));
    while (head.hasRemaining() && file.read(head, head.position()) >= 0) {
      // until it is full or the file ends
    }
    return head.array();
  }

  private static BangerException late(Path kernel, Duration deadline) {
    return new BangerException(
        ErrorKind.TIMEOUT,
        "the kernel %s was not unpacked within %d s".formatted(kernel, deadline.toSeconds()));
  }
}
