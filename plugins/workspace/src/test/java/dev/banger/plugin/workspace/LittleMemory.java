package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.testkit.HostileTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterInputStream;

/** Takes huge things from a guest in a JVM of its own with a small heap; started by its test. */
final class LittleMemory {
  private LittleMemory() {}

  /** Runs a case and hands back all it printed, with its exit code in front. */
  static String run(String what, Path directory) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LittleMemory.class.getName(),
                what)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    try (InputStream out = process.getInputStream()) {
      process.getOutputStream().close();
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(1, TimeUnit.MINUTES);
      return process.exitValue() + " " + said.strip();
    } finally {
      process.destroyForcibly();
    }
  }

  public static void main(String[] args) throws Exception {
    try {
      switch (args[0]) {
        case "zeros" -> convert(Limits.of("2GiB"), zeros(1L << 30, 10_000_000_000L));
        case "entries" -> {
          byte[] header = new HostileTar().file("000000000", "").torn();
          convert(Limits.of("4GiB"), new NumberedFiles(header, Limits.MOST_ENTRIES + 1));
        }
        case "pack" -> {
          long size = 512L << 20;
          PackScan.check(pack(size), Limits.of("4GiB"), 20);
          System.out.println("went through " + size);
        }
        default -> throw new IllegalArgumentException(args[0]);
      }
    } catch (CapabilityException e) {
      System.out.println(e.getMessage());
    }
  }

  private static void convert(Limits limits, InputStream tar) throws IOException {
    new TarTree(limits, System.out::println).convert(tar, OutputStream.nullOutputStream(), "r");
  }

  /** A file that is taken, and a pipe with content that is skipped. */
  private static InputStream zeros(long file, long pipe) {
    return sequence(
        header("big", '0', file), new Zeros(file), header("fifo", '6', pipe), new Zeros(pipe));
  }

  private static InputStream header(String name, char type, long size) {
    return new ByteArrayInputStream(
        new HostileTar().pax("size", "" + size).entry(name, type, "", new byte[0], 0644).torn());
  }

  private static InputStream pack(long size) {
    StringBuilder start = new StringBuilder("PACK\0\0\0\2\0\0\0\1");
    start.append((char) (3 << 4 | (size & 15) | 0x80));
    for (long rest = size >> 4; rest > 0; rest >>= 7) {
      start.append((char) ((rest & 0x7f) | (rest >> 7 > 0 ? 0x80 : 0)));
    }
    byte[] bytes = start.toString().getBytes(StandardCharsets.ISO_8859_1);
    return sequence(new ByteArrayInputStream(bytes), new DeflaterInputStream(new Zeros(size)));
  }

  private static InputStream sequence(InputStream... parts) {
    return new SequenceInputStream(Collections.enumeration(List.of(parts)));
  }

  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long count) {
      left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int count = (int) Math.min(length, left);
      Arrays.fill(into, offset, offset + count, (byte) 0);
      left -= count;
      return count == 0 ? -1 : count;
    }
  }
}
