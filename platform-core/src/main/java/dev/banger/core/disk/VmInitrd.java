package dev.banger.core.disk;

import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/** An image's initramfs with the early files of one VM in an archive after it. */
final class VmInitrd {
  private static final String WHAT = "initramfs";
  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private VmInitrd() {}

  /** Replaces {@code target} whole or not at all. */
  static void write(Path base, Path target, List<EarlyFile> earlyFiles) {
    EarlyFiles checked = new EarlyFiles(earlyFiles);
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try {
        try (FileChannel out = FileChannel.open(fresh, NEW_FILE, NewFile.OWNER_ONLY)) {
          append(base, out);
          OutputStream seed = new BufferedOutputStream(Channels.newOutputStream(out));
          checked.writeTo(seed);
          seed.flush();
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw DiskFailures.io(WHAT, target, e);
    }
  }

  /** Copies an archive and pads it, so that the kernel finds the next one at its alignment. */
  private static void append(Path archive, FileChannel out) throws IOException {
    try (FileChannel in = FileChannel.open(archive, StandardOpenOption.READ)) {
      long size = in.size();
      for (long at = 0; at < size; ) {
        at += in.transferTo(at, size - at, out);
      }
      out.position(size);
      ByteBuffer padding = ByteBuffer.allocate((int) (-size & 511));
      while (padding.hasRemaining()) {
        out.write(padding);
      }
    }
  }
}
