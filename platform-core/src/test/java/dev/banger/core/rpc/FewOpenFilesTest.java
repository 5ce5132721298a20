package dev.banger.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose process may not open as many files as it has clients. */
class FewOpenFilesTest {
  private static final int LIMIT = 64;

  @TempDir Path home;

  @Test
  void keepClientsWaitingUntilSomeAreGone() throws Exception {
    Path socket = home.resolve("run/d.sock");
    Path log = home.resolve("log");
    Process server =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -n " + LIMIT + "; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    List<SocketChannel> crowd = new ArrayList<>();
    try {
      awaitAnswer(server, socket, log);
      crowdUntilNoFileIsLeft(server, socket, crowd);
      long busy = cpuTicks(server);
      Thread.sleep(500);
      // A loop that does not wait would have used all of it: 100 ticks are a second.
      assertThat(cpuTicks(server) - busy).isLessThan(25);

      for (SocketChannel client : crowd) {
        client.close();
      }

      awaitAnswer(server, socket, log);
    } finally {
      for (SocketChannel client : crowd) {
        client.close();
      }
      server.destroyForcibly().waitFor();
    }
  }

  private static void awaitAnswer(Process server, Path socket, Path log) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end) {
      assertThat(server.isAlive()).as(() -> text(log)).isTrue();
      try {
        var connected = BangerClient.connect(socket, Duration.ofSeconds(5));
        if (connected.isPresent()) {
          try (BangerClient client = connected.get()) {
            assertThat(client.call("echo", Json.TRUE, Duration.ofSeconds(20))).isEqualTo(Json.TRUE);
            return;
          }
        }
      } catch (RpcException e) {
        // Not yet.
      }
      Thread.sleep(20);
    }
    throw new AssertionError("no answer: " + text(log));
  }

  /** Who is cut off because something could not be opened for him makes room for another. */
  private static void crowdUntilNoFileIsLeft(Process server, Path socket, List<SocketChannel> crowd)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    long open = 0;
    while (open < LIMIT - 2) {
      for (int i = 0; i < LIMIT; i++) {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        crowd.add(client);
        client.configureBlocking(false);
        try {
          client.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
          break; // the queue of those who wait is full
        }
      }
      assertThat(System.nanoTime()).as("%d files are open", open).isLessThan(end);
      assertThat(server.isAlive()).isTrue();
      try (Stream<Path> files = Files.list(Path.of("/proc", "" + server.pid(), "fd"))) {
        open = files.count();
      }
      Thread.sleep(10);
    }
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static long cpuTicks(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc", "" + process.pid(), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  /** The process with the limit. */
  static final class Server {
    private Server() {}

    public static void main(String[] args) throws Exception {
      Map<String, RpcMethod> methods = Map.of("echo", call -> call.params().json());
      try (RpcServer _ = RpcServer.listen(Path.of(args[0]), methods::get)) {
        new CountDownLatch(1).await();
      }
    }
  }
}
