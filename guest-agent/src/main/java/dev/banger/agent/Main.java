package dev.banger.agent;

import dev.banger.protocol.AgentSync;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code Main} serves the virtio-serial port named {@code banger.agent.0}; {@code Main --device
 * FILE} another device; {@code Main --listen SOCKET} clients of a Unix socket; {@code Main
 * --version} prints its version.
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

  private static Port port(String[] args) throws IOException {
    if (args.length == 0) {
      return device(DevicePort.find());
    }
    if (args.length == 2 && "--device".equals(args[0])) {
      return device(Path.of(args[1]));
    }
    if (args.length == 2 && "--listen".equals(args[0])) {
      return new SocketPort(Path.of(args[1]));
    }
    throw new IllegalArgumentException("usage: Main [--device FILE | --listen SOCKET]");
  }

  private static Port device(Path file) throws IOException {
    Port port = new DevicePort(file);
    AgentSync.announce(port.out());
    return port;
  }
}
