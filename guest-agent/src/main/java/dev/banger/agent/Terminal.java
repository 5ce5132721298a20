package dev.banger.agent;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The master side of a pseudo-terminal. Its descriptor does not block: reading and writing wait in
 * poll(2), a little at a time, so that closing ends them.
 */
final class Terminal implements Closeable {
  private static final int POLL_MILLIS = 200;
  private static final int CHUNK = 16 * 1024;

  private final int fd;
  private final String slave;
  private final InputStream in = new In();
  private final OutputStream out = new Out();
  private int users;
  private boolean closed;
  private boolean released;
  private int held;

  private Terminal(int fd, String slave, int held) {
    this.fd = fd;
    this.slave = slave;
    this.held = held;
  }

  static Terminal open(int rows, int columns) throws IOException {
    int fd = LibC.openTerminal();
    try {
      LibC.resizeTerminal(fd, rows, columns);
      String slave = LibC.unlockTerminal(fd);
      return new Terminal(fd, slave, LibC.openSlave(slave));
    } catch (IOException | RuntimeException e) {
      LibC.close(fd);
      throw e;
    }
  }

  /** Path of the other side, for example {@code /dev/pts/3}. */
  String slave() {
    return slave;
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  void resize(int rows, int columns) throws IOException {
    if (enter()) {
      try {
        LibC.resizeTerminal(fd, rows, columns);
      } finally {
        leave();
      }
    }
  }

  /**
   * Lets go of the other side, which is held so that input which comes before the command has
   * opened it is not lost. From then on the end of its last user is the end of output.
   */
  void releaseSlave() {
    int mine;
    synchronized (this) {
      mine = held;
      held = -1;
    }
    if (mine >= 0) {
      LibC.close(mine);
    }
  }

  /** Hangs up: whoever reads the terminal gets an end of file. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    releaseSlave();
    releaseWhenUnused();
  }

  private synchronized boolean enter() {
    if (closed) {
      return false;
    }
    users++;
    return true;
  }

  private void leave() {
    synchronized (this) {
      users--;
    }
    releaseWhenUnused();
  }

  // The number of a closed descriptor is soon another file's, so the last user closes it.
  private void releaseWhenUnused() {
    synchronized (this) {
      if (!closed || users > 0 || released) {
        return;
      }
      released = true;
    }
    LibC.close(fd);
  }

  /** Waits until the terminal is ready; false when it was closed. */
  private boolean await(int events) throws IOException {
    while (enter()) {
      try {
        if (LibC.poll(fd, events, POLL_MILLIS)) {
          return true;
        }
      } finally {
        leave();
      }
    }
    return false;
  }

  private final class In extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment buffer = arena.allocate(Math.min(length, CHUNK));
        while (await(LibC.POLLIN) && enter()) {
          int count;
          try {
            count = LibC.read(fd, buffer);
          } finally {
            leave();
          }
          if (count != LibC.AGAIN) {
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, to, offset, Math.max(0, count));
            return count <= 0 ? -1 : count;
          }
        }
      }
      return -1;
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment buffer = arena.allocate(Math.max(1, length));
        MemorySegment.copy(bytes, offset, buffer, ValueLayout.JAVA_BYTE, 0, length);
        int done = 0;
        while (done < length) {
          if (!await(LibC.POLLOUT) || !enter()) {
            throw new IOException("the terminal is closed");
          }
          int count;
          try {
            count = LibC.write(fd, buffer.asSlice(done, length - done));
          } finally {
            leave();
          }
          if (count < 0 && count != LibC.AGAIN) {
            throw new IOException("the terminal is gone");
          }
          done += Math.max(0, count);
        }
      }
    }
  }
}
