package dev.banger.agent;

import dev.banger.protocol.Protocol;
import dev.banger.protocol.Vsock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/**
 * A listening vsock. One host at a time, and the newest wins: one that died without a word must not
 * lock out the next. Only the host is let in, for a vsock has no permissions: with the loopback
 * module any user of the guest could connect.
 */
final class VsockPort implements Port {
  private static final int BUFFER = 64 * 1024;
  private static final int NONE = -1;
  private static final Duration READY = Duration.ofSeconds(2);
  private static final long ACCEPT_PAUSE_MILLIS = 100;

  private final int listener;
  private final Callers callers;
  private final InputStream in = new In();
  private final OutputStream out = new Out();

  /** The connection in use, and the newest that waits. */
  private int current = NONE;

  private int next = NONE;

  private VsockPort(int port, Callers callers) throws IOException {
    this.listener = Vsock.listen(port);
    this.callers = callers;
    Threads.start("vsock-acceptor", this::accept);
  }

  /** Who may talk to the agent. */
  @FunctionalInterface
  interface Callers {
    boolean allow(int cid, int port);
  }

  static VsockPort listen(int port, Callers callers) throws IOException {
    return new VsockPort(port, callers);
  }

  /** Connects to the host and closes, so that it need not ask again and again. */
  static void tellHost() {
    try {
      Vsock.close(Vsock.connect(Vsock.HOST, Protocol.VSOCK_READY_PORT, READY));
    } catch (IOException e) {
      // Hosts that do not listen find out by themselves.
    }
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  /** Called when nobody reads or writes the old connection any more. */
  @Override
  public synchronized void awaitPeer() throws InterruptedException {
    int old = current;
    current = NONE;
    if (old != NONE) {
      Vsock.close(old);
    }
    while (next == NONE) {
      wait();
    }
    current = next;
    next = NONE;
  }

  private void accept() {
    while (true) {
      try {
        Vsock.Peer peer = Vsock.accept(listener);
        if (callers.allow(peer.cid(), peer.port())) {
          replace(peer.fd());
        } else {
          Vsock.close(peer.fd());
          Log.line("link: refused a connection from " + peer.cid() + ":" + peer.port());
        }
      } catch (IOException e) {
        Log.line("link: " + e);
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(ACCEPT_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      // Nobody interrupts it.
    }
  }

  private synchronized void replace(int fd) {
    if (next != NONE) {
      Vsock.close(next);
    }
    next = fd;
    if (current != NONE) {
      Vsock.shutdown(current);
    }
    notifyAll();
  }

  private synchronized int current() {
    return current;
  }

  private final class In extends InputStream {
    private final MemorySegment buffer = Arena.global().allocate(BUFFER);

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int fd = current();
      try {
        int count = fd == NONE ? 0 : Vsock.read(fd, buffer.asSlice(0, Math.min(length, BUFFER)));
        if (count == 0) {
          return -1;
        }
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, to, offset, count);
        return count;
      } catch (IOException e) {
        return -1;
      }
    }
  }

  /** Written to by one thread at a time. */
  private final class Out extends OutputStream {
    private final MemorySegment buffer = Arena.global().allocate(BUFFER);

    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int fd = current();
      if (fd == NONE) {
        throw new IOException("no host is connected");
      }
      int done = 0;
      while (done < length) {
        int count = Math.min(length - done, BUFFER);
        MemorySegment.copy(bytes, offset + done, buffer, ValueLayout.JAVA_BYTE, 0, count);
        done += Vsock.write(fd, buffer.asSlice(0, count));
      }
    }
  }
}
