package dev.banger.agent;

import dev.banger.protocol.AgentSync;
import dev.banger.protocol.Protocol;
import dev.banger.protocol.Vsock;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Finds out how the VMM wants the agent to be reached: by a virtio-serial port of our name where
 * there is one, else by vsock where there is such a device. Drivers may still be looking at their
 * devices when the agent starts, and a port has its name only once the VMM has told it.
 */
final class PortFinder {
  /** Where a VMM has tied a connection to a port of the host that only root can have. */
  private static final String RESERVED = "banger.vsock=reserved";

  private static final int LAST_RESERVED_PORT = 1023;

  private static final String CONSOLE_DEVICE = "0x0003";
  private static final String VSOCK_DEVICE = "0x0013";
  private static final long PAUSE_MILLIS = 20;

  /** How long a port may take to get its name before a vsock beside it is taken. */
  private static final long NAMED_WITHIN_MILLIS = 2_000;

  private static final long PATIENCE_MILLIS = 10_000;

  private final Path root;

  /**
   * @param root where {@code /sys}, {@code /proc} and {@code /dev} are
   */
  PortFinder(Path root) {
    this.root = root;
  }

  Port await() throws IOException, InterruptedException {
    long waited = 0;
    while (true) {
      Kind kind = look(waited);
      switch (kind) {
        case SERIAL -> {
          return device(DevicePort.find(root));
        }
        case VSOCK -> {
          Port port = VsockPort.listen(Protocol.VSOCK_PORT, callers());
          Threads.start("vsock-ready", VsockPort::tellHost);
          return port;
        }
        case NONE -> {
          if (waited >= PATIENCE_MILLIS) {
            throw new FileNotFoundException(
                "this guest has neither a virtio-serial port called banger.agent.0 nor a vsock");
          }
          Thread.sleep(PAUSE_MILLIS);
          waited += PAUSE_MILLIS;
        }
      }
    }
  }

  /** Tells a host that still talks to an earlier agent that this one is another. */
  static Port device(Path file) throws IOException {
    Port port = new DevicePort(file);
    AgentSync.announce(port.out());
    return port;
  }

  enum Kind {
    SERIAL,
    VSOCK,
    NONE
  }

  Kind look(long waitedMillis) throws IOException {
    if (DevicePort.find(root) != null) {
      return Kind.SERIAL;
    }
    boolean vsock = hasDevice(VSOCK_DEVICE) && Files.exists(root.resolve("dev/vsock"));
    if (vsock && (waitedMillis >= NAMED_WITHIN_MILLIS || !hasDevice(CONSOLE_DEVICE))) {
      return Kind.VSOCK;
    }
    return Kind.NONE;
  }

  /** Only the host, and of the host only root where the VMM says so. */
  VsockPort.Callers callers() throws IOException {
    boolean reserved = false;
    for (String word : Files.readString(root.resolve("proc/cmdline")).strip().split(" ")) {
      reserved |= RESERVED.equals(word);
    }
    if (reserved) {
      return PortFinder::fromRootOfHost;
    }
    return PortFinder::fromHost;
  }

  private static boolean fromRootOfHost(int cid, int port) {
    return fromHost(cid, port) && port >= 0 && port <= LAST_RESERVED_PORT;
  }

  private static boolean fromHost(int cid, int port) {
    return cid == Vsock.HOST;
  }

  private boolean hasDevice(String type) throws IOException {
    Path devices = root.resolve("sys/bus/virtio/devices");
    if (!Files.isDirectory(devices)) {
      return false;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(devices)) {
      for (Path device : all) {
        if (type.equals(Files.readString(device.resolve("device")).strip())) {
          return true;
        }
      }
    }
    return false;
  }
}
