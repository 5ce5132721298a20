package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPInputStream;

/** Reads kernel module files, compressed or not. */
final class ModuleFile {
  /** Larger than any module that belongs into an initramfs. */
  private static final int MAX_BYTES = 64 << 20;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Commands commands;

  ModuleFile(Commands commands) {
    this.commands = commands;
  }

  /** The name without the suffix of its compression. */
  static String plainName(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf(".ko") + ".ko".length());
  }

  byte[] read(Path file) throws IOException, InterruptedException {
    String name = file.getFileName().toString();
    if (name.endsWith(".ko")) {
      try (InputStream in = Files.newInputStream(file)) {
        return bounded(in, file);
      }
    }
    if (name.endsWith(".ko.gz")) {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        return bounded(in, file);
      }
    }
    if (name.endsWith(".ko.xz")) {
      return unpack(file, "xz");
    }
    if (name.endsWith(".ko.zst")) {
      return unpack(file, "zstd");
    }
    throw new BangerException(
        ErrorKind.INVALID,
        "kernel module %s is compressed in a way that banger does not know".formatted(name));
  }

  private byte[] unpack(Path file, String tool) throws InterruptedException {
    Bounded out = new Bounded();
    commands.check(
        Commands.Call.of(LIMIT, tool, "-d", "-q", "-c", "--", file.toString()).withStdout(out));
    if (out.over) {
      throw tooLarge(file);
    }
    return out.bytes.toByteArray();
  }

  private static byte[] bounded(InputStream in, Path file) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw tooLarge(file);
    }
    return bytes;
  }

  private static BangerException tooLarge(Path file) {
    return new BangerException(
        ErrorKind.INVALID,
        "kernel module %s is larger than %d bytes".formatted(file.getFileName(), MAX_BYTES));
  }

  /** Keeps what fits and remembers that there was more. */
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean over;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) {
      if (bytes.size() + count > MAX_BYTES) {
        over = true;
      } else {
        bytes.write(from, offset, count);
      }
    }
  }
}
