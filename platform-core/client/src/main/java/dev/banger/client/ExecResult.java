package dev.banger.client;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How a command in a guest ended, and what it wrote. Nothing of it is to be trusted.
 *
 * @param exitCode 0 to 255; 128 + n when killed by signal n
 * @param stdout its first bytes, as UTF-8
 * @param stderr likewise
 * @param isCut whether it wrote more than is kept
 */
public record ExecResult(int exitCode, String stdout, String stderr, boolean isCut) {
  /** Of each output, in bytes. */
  static final int DEFAULT_KEPT = 1024 * 1024;

  /** Reads to the end, which must come from the command: a lost connection is none. */
  static ExecResult of(ByteStream stream, int kept) {
    Kept out = new Kept(kept);
    Kept err = new Kept(kept);
    try {
      for (ByteFrame frame = stream.read(); frame != null; frame = stream.read()) {
        switch (frame.kind()) {
          case ByteFrames.STDOUT -> out.add(frame.payload());
          case ByteFrames.STDERR -> err.add(frame.payload());
          case ByteFrames.EXIT -> {
            return new ExecResult(exitCode(frame), out.text(), err.text(), out.cut || err.cut);
          }
          case ByteFrames.ERROR -> throw error(frame);
          default -> {
            // A newer daemon may say more.
          }
        }
      }
    } catch (IOException e) {
      throw BangerClient.lost("vm.exec", e.getMessage());
    }
    throw BangerClient.lost("vm.exec", "");
  }

  private static int exitCode(ByteFrame frame) throws IOException {
    if (frame.payload().length != Integer.BYTES) {
      throw new IOException("an exit code of " + frame.payload().length + " bytes");
    }
    return ByteBuffer.wrap(frame.payload()).getInt();
  }

  private static RpcException error(ByteFrame frame) throws IOException {
    Json error = Json.parse(frame.payload());
    return new RpcException(
        error.text("kind"),
        error.text("message"),
        error.text("hint"),
        error.get("details").texts());
  }

  private static final class Kept {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int most;
    private boolean cut;

    Kept(int most) {
      this.most = most;
    }

    void add(byte[] more) {
      int room = Math.min(more.length, most - bytes.size());
      bytes.write(more, 0, room);
      cut |= room < more.length;
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
