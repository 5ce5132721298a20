package dev.banger.bench.micro;

import dev.banger.api.CapabilityHost;
import dev.banger.api.OpenContext;
import dev.banger.api.PluginStore;
import dev.banger.api.build.Registration;
import dev.banger.plugin.dns.DnsPlugin;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Queries over UDP that are answered, by the plugin and by the least that can be made of the same
 * library: parse, answer, send, in one thread.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@Threads(4)
public class DnsBench {
  /** Who answers. */
  @State(Scope.Benchmark)
  public static class Server {
    /** Another server is compared by {@code -p who=plugin,127.0.0.1:5353}, where it answers. */
    @Param({"plain", "plugin"})
    public String who;

    private InetSocketAddress address;
    private AutoCloseable running;

    @Setup
    public void start() throws Exception {
      if (who.equals("plain")) {
        Plain plain = new Plain();
        address = plain.address();
        running = plain;
      } else if (who.contains(":")) {
        int colon = who.lastIndexOf(':');
        address =
            new InetSocketAddress(
                InetAddress.ofLiteral(who.substring(0, colon)),
                Integer.parseInt(who.substring(colon + 1)));
        running = () -> {};
      } else {
        Opened opened = new Opened(freePort());
        address = opened.address();
        running = opened;
      }
    }

    @TearDown
    public void stop() throws Exception {
      running.close();
    }
  }

  /** One who asks. */
  @State(Scope.Thread)
  public static class Client {
    private static final int PATIENCE_MILLIS = 5000;

    private DatagramSocket socket;
    private byte[] query;
    private DatagramPacket reply;

    @Setup
    public void open(Server server) throws IOException {
      socket = new DatagramSocket();
      socket.connect(server.address);
      socket.setSoTimeout(PATIENCE_MILLIS);
      query =
          Message.newQuery(Record.newRecord(Name.fromString("_banger.vm."), Type.A, DClass.IN))
              .toWire();
      reply = new DatagramPacket(new byte[1232], 1232);
    }

    @TearDown
    public void close() {
      socket.close();
    }
  }

  @Benchmark
  public int query(Client client) throws IOException {
    client.socket.send(new DatagramPacket(client.query, client.query.length));
    client.socket.receive(client.reply);
    return client.reply.getLength();
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      return socket.getLocalPort();
    }
  }

  /** The baseline. */
  private static final class Plain implements AutoCloseable {
    private final DatagramSocket socket;

    Plain() throws IOException {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      Thread.ofPlatform().daemon().name("plain-dns").start(this::serve);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void serve() {
      DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
      InetAddress answer = InetAddress.ofLiteral("127.0.0.1");
      try {
        while (!socket.isClosed()) {
          socket.receive(packet);
          Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
          Message reply = new Message(query.getHeader().getID());
          reply.getHeader().setFlag(Flags.QR);
          reply.addRecord(query.getQuestion(), Section.QUESTION);
          reply.addRecord(
              new ARecord(query.getQuestion().getName(), DClass.IN, 5, answer), Section.ANSWER);
          byte[] bytes = reply.toWire();
          socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        // Closed.
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** The plugin, opened as the daemon opens it. */
  private static final class Opened implements OpenContext, AutoCloseable {
    private final DnsPlugin plugin = new DnsPlugin();
    private final Path dir = Files.createTempDirectory("banger-bench-");
    private final FakeContext context;
    private final int port;
    private Thread thread;

    Opened(int port) throws IOException {
      this.port = port;
      Registration registration = Registration.of(plugin);
      context =
          new FakeContext("dns", dir, new FakeCapabilityHost(registration.permissions(), dir))
              .configured(
                  registration.config().orElseThrow(), Map.of("listen", "127.0.0.1:" + port));
      plugin.open(this);
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    @Override
    public void background(String name, Work work) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .name(name)
              .start(
                  () -> {
                    try {
                      work.run();
                    } catch (Exception e) {
                      Thread.currentThread().interrupt();
                    }
                  });
    }

    @Override
    public void close() throws Exception {
      thread.interrupt();
      thread.join();
      plugin.close();
      Files.delete(dir);
    }

    @Override
    public String pluginId() {
      return context.pluginId();
    }

    @Override
    public Path dataDir() {
      return dir;
    }

    @Override
    public <C extends java.lang.Record> C config(Class<C> type) {
      return context.config(type);
    }

    @Override
    public PluginStore store() {
      return context.store();
    }

    @Override
    public CapabilityHost host() {
      return context.host();
    }

    @Override
    public System.Logger log() {
      return context.log();
    }
  }
}
