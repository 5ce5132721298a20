package dev.banger.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A bounded pipe between threads that, unlike the JDK's, does not care which threads they are. */
final class Pipe {
  private final ByteRing ring = new ByteRing(64 * 1024);
  private boolean closed;

  final InputStream in =
      new InputStream() {
        @Override
        public int read() {
          throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
          return take(to, offset, length);
        }
      };

  final OutputStream out =
      new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          put(bytes, offset, length);
        }
      };

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private synchronized int take(byte[] to, int offset, int length) throws IOException {
    try {
      while (ring.size() == 0 && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    int count = ring.take(to, offset, length);
    notifyAll();
    return count == 0 ? -1 : count;
  }

  private synchronized void put(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    try {
      while (done < length) {
        while (ring.size() == 64 * 1024 && !closed) {
          wait();
        }
        if (closed) {
          throw new IOException("the pipe is closed");
        }
        int count = Math.min(length - done, 64 * 1024 - ring.size());
        ring.add(bytes, offset + done, count);
        done += count;
        notifyAll();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
