package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A connection to a {@link GuestService}, over a socket so that its two directions end apart. */
final class LoopbackStream implements GuestStream {
  private final Socket near;

  private LoopbackStream(Socket near) {
    this.near = near;
  }

  static LoopbackStream to(GuestService service) {
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Socket near = new Socket(door.getInetAddress(), door.getLocalPort());
      Socket far = door.accept();
      Thread.ofVirtual().start(() -> serve(service, far));
      return new LoopbackStream(near);
    } catch (IOException e) {
      throw new CapabilityException(FailureKind.HOST, "no socket: " + e.getMessage(), "", e);
    }
  }

  private static void serve(GuestService service, Socket far) {
    try (far) {
      service.serve(far.getInputStream(), far.getOutputStream());
    } catch (IOException e) {
      // The plugin hung up, as it may.
    }
  }

  @Override
  public InputStream in() {
    try {
      return near.getInputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public OutputStream out() {
    try {
      return new FilterOutputStream(near.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
          flush();
          near.shutdownOutput();
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      near.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
