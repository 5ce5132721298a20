package dev.banger.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A virtio-serial port. It can be opened only once, so one descriptor serves both directions. While
 * no host is connected a read returns nothing at once, and a write waits.
 */
final class DevicePort implements Port {
  private static final String NAME = "banger.agent.0";
  private static final String PORTS = "sys/class/virtio-ports";
  private static final long FIRST_PAUSE_MILLIS = 2;
  private static final long LONGEST_PAUSE_MILLIS = 100;

  private final RandomAccessFile file;
  private final InputStream in = new In();
  private final OutputStream out = new Out();
  private volatile long pause = FIRST_PAUSE_MILLIS;

  DevicePort(Path device) throws IOException {
    file = new RandomAccessFile(device.toFile(), "rw");
  }

  /**
   * The device of the agent's port, by the name the VMM gave it: links under {@code
   * /dev/virtio-ports} exist only once a device manager runs. Null when there is none.
   *
   * @param root where {@code /sys} and {@code /dev} are
   */
  static Path find(Path root) throws IOException {
    Path ports = root.resolve(PORTS);
    if (Files.isDirectory(ports)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(ports)) {
        for (Path port : all) {
          if (NAME.equals(name(port))) {
            return root.resolve("dev").resolve(port.getFileName());
          }
        }
      }
    }
    return null;
  }

  /** Empty as long as it has none. */
  private static String name(Path port) throws IOException {
    try {
      return Files.readString(port.resolve("name")).strip();
    } catch (NoSuchFileException e) {
      return "";
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

  @Override
  public void awaitPeer() throws InterruptedException {
    long millis = pause;
    pause = Math.min(2 * millis, LONGEST_PAUSE_MILLIS);
    Thread.sleep(millis);
  }

  private final class In extends InputStream {
    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int count = file.read(to, offset, length);
      if (count > 0) {
        pause = FIRST_PAUSE_MILLIS;
      }
      return count;
    }
  }

  private final class Out extends OutputStream {
    @Override
    public void write(int b) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      file.write(bytes, offset, length);
    }
  }
}
