package dev.banger.agent;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.HostSync;
import dev.banger.protocol.JobFrame;
import dev.banger.protocol.LinkInput;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.Protocol;
import dev.banger.protocol.Vsock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A run of the agent that does each thing once, so that the AOT cache made from it holds what a
 * guest will need. Run when the agent disk is built; it changes nothing outside {@code directory}.
 */
public final class Training {
  private static final int ROWS = 24;
  private static final int COLUMNS = 80;

  private static final int CONT = 18;

  /** Has the kernel choose a vsock port. */
  private static final int ANY_PORT = -1;

  /** Anything the training does takes milliseconds. */
  private static final long PATIENCE_SECONDS = 60;

  private final Surroundings surroundings;
  private final Path directory;
  private Mux mux;

  private Training(Surroundings surroundings, Path directory) {
    this.surroundings = surroundings;
    this.directory = directory;
  }

  /** {@code Training DIRECTORY}: one that exists and is empty. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path directory = Path.of(args[0]);
    Surroundings real = Surroundings.fromProperties();
    new Training(new Surroundings(directory, real.busybox()), directory).run();
  }

  private void run() throws IOException, InterruptedException {
    Files.createDirectories(directory.resolve("proc/sys/kernel"));
    device();
    vsock();
    Path socket = directory.resolve("agent.sock");
    SocketPort port = new SocketPort(socket);
    Threads.start("agent", () -> serve(port));
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      converse(channel);
    }
  }

  /** The way a device is found, read and written, with a file that is always at its end. */
  private void device() throws IOException, InterruptedException {
    Main.main(new String[] {"--version"});
    Path port = directory.resolve("sys/class/virtio-ports/vport1p1");
    Files.createDirectories(port);
    Files.writeString(port.resolve("name"), "banger.agent.0\n");
    Files.createDirectories(directory.resolve("dev"));
    Port device = new PortFinder(directory).await();
    device.out().write(new byte[1], 0, 1);
    int count = device.in().read(new byte[1], 0, 1);
    assert count < 0;
  }

  /** The machine may have no such sockets, and nobody is let in: what counts is the calls. */
  private static void vsock() {
    try {
      VsockPort.listen(ANY_PORT, (_, _) -> false);
      Vsock.close(Vsock.connect(Vsock.LOCAL, Protocol.VSOCK_READY_PORT, Duration.ofMillis(1)));
    } catch (IOException e) {
      Log.line("training without a vsock: " + e.getMessage());
    }
  }

  private void serve(Port port) {
    try {
      new Agent(port, surroundings).run();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void converse(SocketChannel channel) throws IOException, InterruptedException {
    LinkInput in = new LinkInput(Channels.newInputStream(channel));
    new HostSync(in, Channels.newOutputStream(channel), Thread::new).run();
    mux = new Mux(in, Channels.newOutputStream(channel), Mux.Side.HOST, 1);
    Threads.start("host-writer", mux::write);
    Threads.start("host-reader", mux::run);
    ask(new GuestMessage.Greet());
    long now = System.currentTimeMillis() * 1000;
    ask(new GuestMessage.Bootstrap("training", now, "", "", List.of("127.0.0.1"), false));
    ask(new GuestMessage.SetClock(System.currentTimeMillis() * 1000));
    ask(new GuestMessage.Health());
    ask(new GuestMessage.Stat("/"));
    ask(new GuestMessage.Dial(1));
    ports();
    ask(new GuestMessage.Exec(List.of("/nowhere"), "/", Map.of(), false, 0, 0));
    command(false);
    archives();
    terminal();
    ask(new GuestMessage.JobList());
    job();
  }

  /** A server that says back what it hears, found and spoken to. */
  private void ports() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Threads.start("echo", () -> echo(server));
      ask(new GuestMessage.Listeners(false));
      try (MuxStream stream = start(new GuestMessage.Dial(server.getLocalPort()))) {
        byte[] word = {'a', 'b'};
        stream.out().write(word, 0, word.length);
        stream.out().close();
        int heard = 0;
        int count = stream.in().read(word);
        while (count >= 0) {
          heard += count;
          count = stream.in().read(word);
        }
        if (heard != word.length) {
          throw new IOException("a server said " + heard + " bytes back");
        }
      }
    }
  }

  private static void echo(ServerSocket server) {
    try (Socket client = server.accept()) {
      byte[] word = new byte[2];
      int count = client.getInputStream().read(word);
      while (count >= 0) {
        client.getOutputStream().write(word, 0, count);
        count = client.getInputStream().read(word);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Where this machine has no working terminals, guests start their first one a little slower. */
  private void terminal() {
    try {
      command(true);
    } catch (IOException e) {
      Log.line("training without a terminal: " + e.getMessage());
    }
  }

  private void job() throws IOException {
    String id = "training";
    List<String> cat = List.of(surroundings.busybox(), "cat");
    GuestMessage begun =
        ask(new GuestMessage.JobStart(id, cat, "/", Map.of(), false, 0, 0, 1 << 20, false));
    if (!(begun instanceof GuestMessage.JobReport)) {
      throw new IOException("a job was answered by " + begun);
    }
    ask(new GuestMessage.JobShow(id));
    ask(new GuestMessage.JobSignal(id, CONT));
    long oldest = GuestMessage.JobConnect.OLDEST;
    int alone = GuestMessage.JobConnect.ALONE;
    try (MuxStream stream = mux.open()) {
      stream.setDeadline(System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
      MessageCodec.write(
          stream.out(), new GuestMessage.JobConnect(id, oldest, oldest, true, true, alone));
      MessageCodec.read(stream.in());
      ByteFrames.writeResize(stream.out(), ROWS, COLUMNS);
      ByteFrames.write(stream.out(), ByteFrames.STDIN, new byte[] {'a', '\n'}, 0, 2);
      ByteFrames.writeEnd(stream.out(), ByteFrames.STDIN);
      JobFrame frame = JobFrame.read(stream.in());
      while (frame != null && frame.kind() != JobFrame.ENDED) {
        frame = JobFrame.read(stream.in());
      }
      if (frame == null) {
        throw new IOException("the job of the training came to no end");
      }
    }
    ask(new GuestMessage.JobForget(id));
  }

  private GuestMessage ask(GuestMessage request) throws IOException {
    try (MuxStream stream = mux.open()) {
      MessageCodec.write(stream.out(), request);
      return MessageCodec.read(stream.in());
    }
  }

  private void command(boolean tty) throws IOException {
    List<String> command = List.of(surroundings.busybox(), "cat");
    try (MuxStream stream =
        start(new GuestMessage.Exec(command, "/", Map.of("A", "b"), tty, ROWS, COLUMNS))) {
      ByteFrames.writeResize(stream.out(), ROWS, COLUMNS);
      ByteFrames.write(stream.out(), ByteFrames.STDIN, new byte[] {'a', '\n'}, 0, 2);
      ByteFrames.writeEnd(stream.out(), ByteFrames.STDIN);
      finish(stream);
    }
    List<String> endless = List.of(surroundings.busybox(), "sleep", "60");
    try (MuxStream stream =
        start(new GuestMessage.Exec(endless, "/", Map.of(), tty, ROWS, COLUMNS))) {
      ByteFrames.writeSignal(stream.out(), Signals.KILL);
      finish(stream);
    }
  }

  private void archives() throws IOException {
    try (MuxStream stream = start(new GuestMessage.GetTar(directory.resolve("proc").toString()))) {
      finish(stream);
    }
    try (MuxStream stream = start(new GuestMessage.PutTar(directory.resolve("put").toString()))) {
      byte[] empty = new byte[1024];
      ByteFrames.write(stream.out(), ByteFrames.STDIN, empty, 0, empty.length);
      ByteFrames.writeEnd(stream.out(), ByteFrames.STDIN);
      finish(stream);
    }
  }

  private MuxStream start(GuestMessage request) throws IOException {
    MuxStream stream = mux.open();
    stream.setDeadline(System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
    MessageCodec.write(stream.out(), request);
    GuestMessage answer = MessageCodec.read(stream.in());
    if (!(answer instanceof GuestMessage.Started)) {
      throw new IOException(request + " was answered by " + answer);
    }
    return stream;
  }

  private static void finish(MuxStream stream) throws IOException {
    ByteFrame frame = ByteFrames.read(stream.in());
    while (frame != null && frame.kind() < ByteFrames.EXIT) {
      frame = ByteFrames.read(stream.in());
    }
    if (frame == null || frame.kind() == ByteFrames.ERROR) {
      throw new IOException("the training came to no good end");
    }
  }
}
