package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Unpacks the kernel of a bzImage: by itself where that is little work, else with the tool. */
final class KernelUnpacker {
  /** What the kernel's own build asks xz for is 128 MiB. */
  private static final String XZ_MEMORY = "--memlimit-decompress=256MiB";

  private static final int BUFFER = 64 << 10;

  private final Commands commands;

  KernelUnpacker(Commands commands) {
    this.commands = commands;
  }

  /**
   * Writes exactly the noted number of bytes to {@code out}, or fails.
   *
   * @throws BangerException of kind INVALID when what comes out is not what the file announces, or
   *     its compression is not known here; UNAVAILABLE without the tool for it
   */
  void unpack(FileChannel file, Path name, BzImage image, OutputStream out, Duration deadline)
      throws IOException, InterruptedException {
    Exactly sink = new Exactly(out, image.unpacked());
    try (InputStream packed = new BufferedInputStream(new Section(file, image), BUFFER)) {
      switch (image.compression()) {
        case NONE -> packed.transferTo(sink);
        case GZIP -> new GZIPInputStream(packed, BUFFER).transferTo(sink);
        case LZ4 -> Lz4Legacy.unpack(packed, sink);
        case XZ -> withTool(List.of("xz", "-d", "-q", "-c", XZ_MEMORY), packed, sink, deadline);
        case ZSTD -> withTool(List.of("zstd", "-d", "-q", "-c"), packed, sink, deadline);
        case BZIP2, LZMA, LZO ->
            throw BzImage.bad(
                name,
                "it is packed with %s; gzip, xz, zstd and lz4 are unpacked"
                    .formatted(image.compression().title()));
      }
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) {
      if (sink.over) {
        throw BzImage.bad(
            name, "it unpacks to more than the %d bytes it notes".formatted(image.unpacked()));
      }
      if (sink.failed) {
        throw e;
      }
      throw BzImage.bad(
          name,
          "its %s payload is damaged: %s".formatted(image.compression().title(), e.getMessage()));
    }
    if (sink.left > 0) {
      throw BzImage.bad(
          name,
          "it unpacks to %d bytes and notes %d"
              .formatted(image.unpacked() - sink.left, image.unpacked()));
    }
  }

  private void withTool(List<String> argv, InputStream packed, Exactly sink, Duration deadline)
      throws IOException, InterruptedException {
    String tool = argv.getFirst();
    if (commands.find(tool).isEmpty()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "the image's kernel is packed with %s, and %s is not installed".formatted(tool, tool),
          "apt install " + (tool.equals("xz") ? "xz-utils" : tool));
    }
    Commands.Result result;
    try {
      result = commands.run(Commands.Call.of(deadline, argv).withStdin(packed).withStdout(sink));
    } catch (BangerException e) {
      if (sink.over || sink.failed) {
        throw new IOException(e);
      }
      throw e;
    }
    if (sink.over || sink.failed) {
      throw new IOException("the output of %s was not taken".formatted(tool));
    }
    if (result.exitCode() != 0) {
      throw new IOException(
          result.stderr().lines().findFirst().orElse(tool + " says " + result.exitCode()));
    }
  }

  /** The payload's bytes. */
  private static final class Section extends InputStream {
    private final FileChannel file;
    private final long end;
    private long at;

    Section(FileChannel file, BzImage image) {
      this.file = file;
      this.at = image.offset();
      this.end = image.offset() + image.packed();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int wanted = (int) Math.min(length, end - at);
      int count = wanted == 0 ? -1 : file.read(ByteBuffer.wrap(to, offset, wanted), at);
      at += Math.max(0, count);
      return count;
    }
  }

  /** Takes so many bytes and no more. */
  private static final class Exactly extends OutputStream {
    private final OutputStream to;
    private long left;
    private volatile boolean over;

    /** Whether it is the target that has failed, and not what is unpacked. */
    private volatile boolean failed;

    Exactly(OutputStream to, long bytes) {
      this.to = to;
      this.left = bytes;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      if (count > left) {
        over = true;
        throw new IOException("too much");
      }
      try {
        to.write(from, offset, count);
      } catch (IOException e) {
        failed = true;
        throw e;
      }
      left -= count;
    }
  }
}
