package dev.banger.agent;

import dev.banger.protocol.Vsock;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code Main} serves the host by whatever way the VMM offers; {@code Main --device FILE} a
 * virtio-serial port; {@code Main --listen SOCKET} clients of a Unix socket; {@code Main
 * --vsock-port PORT} clients of a vsock, those of this machine too; {@code Main --version} prints
 * its version.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 1 && "--version".equals(args[0])) {
      System.out.println(Agent.VERSION);
      return;
    }
    new Agent(port(args), Surroundings.fromProperties()).run();
  }

  private static Port port(String[] args) throws IOException, InterruptedException {
    if (args.length == 0) {
      return new PortFinder(Path.of("/")).await();
    }
    if (args.length == 2 && "--device".equals(args[0])) {
      return PortFinder.device(Path.of(args[1]));
    }
    if (args.length == 2 && "--listen".equals(args[0])) {
      return new SocketPort(Path.of(args[1]));
    }
    if (args.length == 2 && "--vsock-port".equals(args[0])) {
      return VsockPort.listen(Integer.parseInt(args[1]), Main::here);
    }
    throw new IllegalArgumentException(
        "usage: Main [--device FILE | --listen SOCKET | --vsock-port PORT]");
  }

  private static boolean here(int cid, int port) {
    return cid == Vsock.LOCAL || cid == Vsock.HOST;
  }
}
