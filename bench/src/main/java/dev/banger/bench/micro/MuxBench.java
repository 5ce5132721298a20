package dev.banger.bench.micro;

import dev.banger.protocol.LinkInput;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One MiB through one stream of the guest link and an answer of one byte back, over a Unix socket
 * as on a real host; {@link #bare} does the same on the socket alone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MuxBench {
  private static final int AMOUNT = 1024 * 1024;
  private static final long DEADLINE = TimeUnit.SECONDS.toNanos(10);

  private final byte[] block = new byte[64 * 1024];
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Path dir;
  private MuxStream muxed;
  private OutputStream bareOut;
  private InputStream bareIn;

  @Setup(Level.Trial)
  public void connect() throws Exception {
    dir = Files.createTempDirectory("mux");
    SocketChannel[] link = pair("l");
    Mux host = mux(link[0], Mux.Side.HOST);
    Mux agent = mux(link[1], Mux.Side.AGENT);
    muxed = host.open();
    muxed.out().write(1);
    MuxStream far = agent.accept(DEADLINE);
    far.in().readNBytes(1);
    drain(far.in(), far.out());

    SocketChannel[] bare = pair("b");
    bareOut = Channels.newOutputStream(bare[0]);
    bareIn = Channels.newInputStream(bare[0]);
    drain(Channels.newInputStream(bare[1]), Channels.newOutputStream(bare[1]));
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    Files.delete(dir);
  }

  @Benchmark
  public int mux() throws IOException {
    return exchange(muxed.out(), muxed.in());
  }

  @Benchmark
  public int bare() throws IOException {
    return exchange(bareOut, bareIn);
  }

  private int exchange(OutputStream out, InputStream in) throws IOException {
    for (int sent = 0; sent < AMOUNT; sent += block.length) {
      out.write(block, 0, block.length);
    }
    return in.read();
  }

  private Mux mux(SocketChannel channel, Mux.Side side) {
    Mux mux =
        new Mux(
            new LinkInput(Channels.newInputStream(channel)),
            Channels.newOutputStream(channel),
            side,
            4);
    opened.add(mux);
    Thread.ofVirtual().start(mux::write);
    Thread.ofVirtual().start(mux::run);
    return mux;
  }

  private SocketChannel[] pair(String name) throws IOException {
    Path path = dir.resolve(name);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketChannel near = SocketChannel.open(UnixDomainSocketAddress.of(path));
      opened.add(near);
      SocketChannel far = server.accept();
      opened.add(far);
      return new SocketChannel[] {near, far};
    } finally {
      Files.delete(path);
    }
  }

  /** Answers one byte for each {@link #AMOUNT} received, until the other side is gone. */
  private static void drain(InputStream in, OutputStream out) {
    Thread.ofVirtual()
        .start(
            () -> {
              byte[] buffer = new byte[64 * 1024];
              try {
                for (long total = 0, due = AMOUNT; ; ) {
                  int count = in.read(buffer);
                  if (count < 0) {
                    return;
                  }
                  for (total += count; total >= due; due += AMOUNT) {
                    out.write(1);
                    out.flush();
                  }
                }
              } catch (IOException e) {
                // The benchmark is over and has closed the connection.
                return;
              }
            });
  }
}
