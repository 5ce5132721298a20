package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Session;
import dev.banger.client.SessionPipe;
import dev.banger.client.SessionSpec;
import dev.banger.client.Sessions;
import dev.banger.core.guest.AgentProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Much through a session on pipes, by way of everything that is between a client and a command but
 * a VM: the agent with 48 MiB of heap, a daemon with 64 MiB.
 */
@Timeout(180)
class SessionBulkIT {
  private static final int MUCH = 200;
  private static final int PIECE = 1 << 20;

  /** On both sides of a reader that does not read: what is kept, and what is under way to it. */
  private static final long MOST_AHEAD = 8 << 20;

  @TempDir Path dir;
  private AgentProcess agent;
  private SessionDaemon daemon;
  private Sessions sessions;

  @BeforeEach
  void start() throws Exception {
    agent = AgentProcess.start();
    daemon = SessionDaemon.start(dir, agent.socket, "64m");
    sessions = new Sessions(daemon.socket);
  }

  @AfterEach
  void close() throws IOException {
    try (AgentProcess _ = agent;
        SessionDaemon _ = daemon) {
      for (Session session : sessions.list("web")) {
        if (session.isRunning()) {
          sessions.stop("web", session.name(), Duration.ZERO);
        }
        sessions.remove("web", session.name());
      }
    }
  }

  private void start(String name, String... command) {
    sessions.start("web", SessionSpec.of(command).named(name).in("/").keeping("1MiB").waiting());
  }

  private static byte[] piece(int number) {
    byte[] piece = new byte[PIECE];
    for (int i = 0; i < PIECE; i++) {
      piece[i] = (byte) (i * 31 + (i >> 8) + number);
    }
    return piece;
  }

  private static CompletableFuture<Long> sending(SessionPipe pipe, int pieces) {
    return CompletableFuture.supplyAsync(
        () -> {
          CRC32C sum = new CRC32C();
          try (var stdin = pipe.stdin()) {
            for (int i = 0; i < pieces; i++) {
              byte[] piece = piece(i);
              sum.update(piece);
              stdin.write(piece);
            }
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          return sum.getValue();
        },
        // One that waits must not keep another from its turn.
        Thread::startVirtualThread);
  }

  /** Sends and takes that many MiB and expects them to be the same. */
  private void echo(String name, int pieces) throws Exception {
    try (SessionPipe pipe = sessions.attach("web", name)) {
      CompletableFuture<Long> sent = sending(pipe, pieces);
      CRC32C got = new CRC32C();
      long bytes = 0;
      byte[] buffer = new byte[64 * 1024];
      InputStream stdout = pipe.stdout();
      for (int count = stdout.read(buffer); count >= 0; count = stdout.read(buffer)) {
        got.update(buffer, 0, count);
        bytes += count;
      }
      assertThat(bytes).isEqualTo((long) pieces * PIECE);
      assertThat(got.getValue()).isEqualTo(sent.get(60, TimeUnit.SECONDS));
      assertThat(pipe.awaitExit()).isZero();
    }
  }

  @Test
  void two_hundred_megabytes_go_each_way_and_stay_nowhere() throws Exception {
    start("bulk", "cat");
    echo("bulk", MUCH);
    assertThat(daemon.isAlive()).isTrue();
    assertThat(sessions.show("web", "bulk").inputBytes()).isEqualTo((long) MUCH * PIECE);
  }

  @Test
  void a_slow_reader_slows_its_writer_and_nobody_else() throws Exception {
    start("endless", "cat", "/dev/zero");
    start("deaf", "sleep", "1000");
    start("busy", "cat");
    try (SessionPipe endless = sessions.attach("web", "endless");
        SessionPipe deaf = sessions.attach("web", "deaf")) {
      CompletableFuture<Long> stuck = sending(deaf, 4);
      assertThat(endless.stdout().read()).isZero();
      echo("busy", 20);
      assertThat(newest("endless")).isBetween(1L << 20, MOST_AHEAD);
      assertThat(stuck).isNotDone();
      assertThat(sessions.show("web", "deaf").inputBytes()).isLessThan(PIECE);
      // It waits for its reader, no longer: on it goes with him.
      assertThat(endless.stdout().readNBytes(2 * (int) MOST_AHEAD)).containsOnly(0);
      assertThat(newest("endless")).isGreaterThan(2 * MOST_AHEAD);
      sessions.stop("web", "deaf", Duration.ZERO);
      assertThat(deaf.awaitExit()).isEqualTo(143);
    }
  }

  /** How much it has written. */
  private long newest(String name) {
    String cursor = sessions.show("web", name).newest();
    return Long.parseLong(cursor.substring(0, cursor.indexOf('.')));
  }
}
