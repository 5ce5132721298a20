package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What {@code git cat-file --batch} says, one object after the other. */
final class Blobs {
  private static final int LONGEST_HEADER = 200;

  private final InputStream in;

  Blobs(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /** One object; to be read to its end before the next one. */
  static final class Blob extends InputStream {
    private final InputStream in;
    private final long size;
    private long left;

    private Blob(InputStream in, long size) {
      this.in = in;
      this.size = size;
      this.left = size;
    }

    long size() {
      return size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int count = in.read(to, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new IOException("git stopped in the middle of an object");
      }
      left -= count;
      return count;
    }

    /** Reads the rest and the line feed after it. */
    @Override
    public void close() throws IOException {
      in.skipNBytes(left + 1);
      left = 0;
    }
  }

  /** The next one, which must be that. */
  Blob next(Listing.Entry entry) throws IOException {
    StringBuilder header = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0 || header.length() > LONGEST_HEADER) {
        throw new IOException("git said no more than \"%s\"".formatted(header));
      }
      header.append((char) b);
    }
    String[] words = header.toString().split(" ");
    if (words.length == 3 && words[0].equals(entry.id()) && words[1].equals("blob")) {
      return new Blob(in, Long.parseLong(words[2]));
    }
    throw new CapabilityException(
        FailureKind.ILLEGAL_STATE,
        "the content of %s is not in the repository (%s)"
            .formatted(Names.shown(entry.name()), header),
        "in a partial clone, git checkout HEAD -- . brings it; git fsck says what else is missing");
  }

  /** A small one as text, one char for each byte. */
  static String text(Blob blob) throws IOException {
    return new String(blob.readAllBytes(), ISO_8859_1);
  }
}
