package dev.banger.core.rpc;

import dev.banger.core.plugins.Terminal;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Carries bytes between a client and a command of a plugin. */
final class AttachedTerminal {
  private final StreamEnds client;
  private final Terminal terminal;
  private final OutputStream typing;
  private final Thread outPump;
  private final Thread errPump;
  private final Thread reader;

  /**
   * @param gone run when the client has gone away, at most once
   */
  AttachedTerminal(StreamEnds client, Terminal terminal, Runnable gone) {
    this.client = client;
    this.terminal = terminal;
    this.typing = terminal.typing();
    this.outPump = pump("attach-stdout", terminal.written(), ByteFrames.STDOUT);
    this.errPump = pump("attach-stderr", terminal.errors(), ByteFrames.STDERR);
    this.reader = Thread.ofVirtual().name("attach-stdin").start(() -> obey(gone));
  }

  private Thread pump(String name, InputStream from, int kind) {
    return Thread.ofVirtual()
        .name(name)
        .start(
            () -> {
              try {
                client.copyOut(from, kind);
              } catch (IOException e) {
                terminal.hangUp();
              }
            });
  }

  private void obey(Runnable gone) {
    try {
      ByteFrame frame;
      while ((frame = client.read()) != null) {
        byte[] payload = frame.payload();
        if (frame.kind() == ByteFrames.STDIN) {
          feed(payload);
        } else if (frame.kind() == ByteFrames.RESIZE && payload.length == 4) {
          ByteBuffer numbers = ByteBuffer.wrap(payload);
          terminal.resized(numbers.getShort() & 0xffff, numbers.getShort() & 0xffff);
        }
      }
    } catch (IOException e) {
      // Gone, one way or the other.
    }
    terminal.hangUp();
    gone.run();
  }

  private void feed(byte[] payload) {
    try {
      if (payload.length == 0) {
        typing.close();
      } else {
        typing.write(payload);
      }
    } catch (IOException e) {
      // The command does not read any more; it may still write.
    }
  }

  /** The command has ended: sends what it wrote to the end. */
  void finish() throws InterruptedException {
    terminal.ended();
    outPump.join();
    errPump.join();
    terminal.hangUp();
  }

  /** Stops listening to the client. */
  void close() {
    reader.interrupt();
  }
}
