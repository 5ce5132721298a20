package dev.banger.agent;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * One command and the stream it is driven through, until both are done. When the stream ends first,
 * the command is hung up.
 */
final class ChildSession {
  private static final long DRAIN_MILLIS = 2_000;
  private static final long HANG_UP_MILLIS = 2_000;
  private static final long OFFER_MILLIS = 250;

  private final MuxStream stream;
  private final Child child;
  private final Signals signals;
  private final OutputStream out;
  private final InputPump input;
  private boolean exited;

  ChildSession(MuxStream stream, Child child, Signals signals) {
    this.stream = stream;
    this.child = child;
    this.signals = signals;
    this.out = stream.out();
    this.input = new InputPump(child);
  }

  /** Returns when the stream has ended, and with it the command. */
  void run() throws InterruptedException {
    String name = Long.toString(child.pid());
    Threads.start("stdin-" + name, input);
    OutputPump stdout = pump(name, child.stdout(), ByteFrames.STDOUT);
    OutputPump stderr =
        child.stderr() == null ? null : pump(name, child.stderr(), ByteFrames.STDERR);
    Threads.start("wait-" + name, () -> awaitExit(stdout, stderr));
    try {
      readFrames();
    } catch (IOException e) {
      // The host gave the stream up, or broke the protocol: either way nobody is there any more.
    } finally {
      input.stop();
      hangUp();
    }
  }

  /** SIGHUP to the command's session, then, after a while, SIGKILL to what is left of it. */
  void hangUp() throws InterruptedException {
    if (hasExited()) {
      return;
    }
    try {
      signals.session(Signals.HUP, child.pid());
      awaitExited(HANG_UP_MILLIS);
      signals.session(Signals.KILL, child.pid());
    } catch (IOException e) {
      Log.line("hang-up of " + child.pid() + ": " + e);
    }
  }

  private OutputPump pump(String name, InputStream from, int kind) {
    OutputPump pump = new OutputPump(from, kind, out);
    Threads.start("output-" + name, pump);
    return pump;
  }

  private void readFrames() throws IOException, InterruptedException {
    ByteFrame frame = ByteFrames.read(stream.in());
    while (frame != null) {
      switch (frame.kind()) {
        case ByteFrames.STDIN -> feed(frame.payload());
        case ByteFrames.SIGNAL -> signal(frame.signal());
        case ByteFrames.RESIZE -> child.resize(frame.rows(), frame.columns());
        default -> throw new IOException("frame of kind " + frame.kind() + " from the host");
      }
      frame = ByteFrames.read(stream.in());
    }
  }

  private void feed(byte[] payload) throws InterruptedException {
    while (!input.offer(payload, OFFER_MILLIS) && stream.isOpen()) {
      // The command does not read. The host is slowed down, and may still give up.
    }
  }

  private void signal(int number) throws IOException, InterruptedException {
    if (!hasExited()) {
      signals.group(number, child.pid());
    }
  }

  private void awaitExit(OutputPump stdout, OutputPump stderr) {
    try {
      int code = child.waitFor();
      setExited();
      stdout.awaitEnd(DRAIN_MILLIS);
      if (stderr != null) {
        stderr.awaitEnd(DRAIN_MILLIS);
      }
      ByteFrames.writeExit(out, code);
      out.close();
    } catch (IOException e) {
      // Nobody is there to be told.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      child.release();
    }
  }

  private synchronized boolean hasExited() {
    return exited;
  }

  private synchronized void setExited() {
    exited = true;
    notifyAll();
  }

  private synchronized void awaitExited(long millis) throws InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    long left = millis;
    while (!exited && left > 0) {
      wait(left);
      left = (end - System.nanoTime()) / 1_000_000;
    }
  }
}
