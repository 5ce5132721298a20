package dev.banger.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A listening Unix socket in the place of a device: one client at a time, as with a VMM. */
final class SocketPort implements Port {
  private final ServerSocketChannel server;
  private final InputStream in = new In();
  private final OutputStream out = new Out();
  private volatile SocketChannel peer;

  SocketPort(Path path) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public void awaitPeer() throws IOException {
    SocketChannel old = peer;
    if (old != null) {
      old.close();
    }
    peer = server.accept();
  }

  private final class In extends InputStream {
    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      SocketChannel channel = peer;
      try {
        return channel == null ? -1 : channel.read(ByteBuffer.wrap(to, offset, length));
      } catch (IOException e) {
        return -1;
      }
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      while (buffer.hasRemaining()) {
        peer.write(buffer);
      }
    }
  }
}
