package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityHost;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of an index, in order of name, kept on disk: a million of them take no memory. */
final class Listing {
  private final Path file;

  private Listing(Path file) {
    this.file = file;
  }

  /**
   * One file. Git has checked the name: relative, nothing in it is {@code .git} or {@code ..}.
   *
   * @param mode as git writes it, for example {@code 100644}
   * @param id of the object
   * @param name one char for each byte
   */
  record Entry(String mode, String id, String name) {
    boolean isFile() {
      return mode.startsWith("100");
    }

    boolean isLink() {
      return mode.equals("120000");
    }

    boolean isSubmodule() {
      return mode.equals("160000");
    }
  }

  /** Reads entries one by one. */
  static final class Reader implements AutoCloseable {
    private final InputStream in;

    private Reader(InputStream in) {
      this.in = in;
    }

    /** Null at the end. */
    Entry next() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b != 0; b = in.read()) {
        if (b < 0) {
          return null;
        }
        line.write(b);
      }
      String text = line.toString(ISO_8859_1);
      int space = text.indexOf(' ');
      return new Entry(
          text.substring(0, space),
          text.substring(space + 1, text.indexOf(' ', space + 1)),
          text.substring(text.indexOf('\t') + 1));
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /**
   * @param file made
   */
  static Listing of(CapabilityHost host, Window window, Path index, Path file)
      throws IOException, InterruptedException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      Git.insist(
          "ls-files", host.run(window.on(index, "ls-files", "-z", "--stage").withStdout(out)));
    }
    return new Listing(file);
  }

  Reader open() throws IOException {
    return new Reader(new BufferedInputStream(Files.newInputStream(file), 64 * 1024));
  }

  /** What is made of each entry, one after the other, as a stream; nothing of those it skips. */
  InputStream stream(Line line) throws IOException {
    return new Lines(open(), line);
  }

  /** Makes something of an entry. */
  @FunctionalInterface
  interface Line {
    /** Empty to skip it. */
    String of(Entry entry);
  }

  private static final class Lines extends InputStream {
    private final Reader reader;
    private final Line line;
    private byte[] bytes = {};
    private int at;

    Lines(Reader reader, Line line) {
      this.reader = reader;
      this.line = line;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      while (at == bytes.length) {
        Entry entry = reader.next();
        if (entry == null) {
          return -1;
        }
        bytes = line.of(entry).getBytes(ISO_8859_1);
        at = 0;
      }
      int step = Math.min(length, bytes.length - at);
      System.arraycopy(bytes, at, to, offset, step);
      at += step;
      return step;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
