package dev.banger.core.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.AbstractModule;
import com.google.inject.Module;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.util.Modules;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import dev.banger.core.host.FileLock;
import dev.banger.core.lifecycle.Reconciler;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that cannot start, or not beside another one, and what it leaves. */
class DaemonStartTest {
  @TempDir Path home;
  private Map<String, String> environment;
  private Path socket;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeEach
  void nameTheHome() {
    environment =
        Map.of("BANGER_HOME", home.toString(), "BANGER_NETWORK_MODE", "user", "HOME", "" + home);
    socket = DaemonSocket.path(environment);
  }

  private int run(UnaryOperator<Module> wiring) {
    PrintStream to = new PrintStream(said, true, StandardCharsets.UTF_8);
    return BangerDaemon.run(List.of(), environment, to, to, wiring);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** A daemon that serves until the test is over. */
  private final class Serving implements AutoCloseable {
    private final CompletableFuture<Integer> code = new CompletableFuture<>();

    Serving() throws Exception {
      Thread.ofPlatform()
          .name("daemon")
          .start(
              () -> {
                try {
                  code.complete(run(UnaryOperator.identity()));
                } catch (Throwable e) {
                  code.completeExceptionally(e);
                }
              });
      while (BangerClient.connect(socket, Duration.ofSeconds(5)).isEmpty()) {
        assertThat(code).as(DaemonStartTest.this::said).isNotDone();
        Thread.sleep(10);
      }
    }

    Json call(String method) {
      try (BangerClient client =
          BangerClient.connect(socket, Duration.ofSeconds(5)).orElseThrow()) {
        return client.call(method, Json.build().done(), Duration.ofSeconds(30));
      }
    }

    @Override
    public void close() throws Exception {
      call("daemon.stop");
      assertThat(code.get(30, TimeUnit.SECONDS)).isZero();
      assertNothingIsHeld();
    }
  }

  private void assertNothingIsHeld() {
    assertThat(socket).doesNotExist();
    Optional<FileLock> lock = FileLock.tryAcquire(home.resolve("state/daemon.lock"));
    assertThat(lock).isPresent();
    lock.get().close();
  }

  @Test
  void aSecondOneIsRefusedAndTheFirstHasNotNoticed() throws Exception {
    try (Serving first = new Serving()) {
      Json before = first.call("vm.list");

      assertThat(run(UnaryOperator.identity())).isEqualTo(1);

      assertThat(said()).contains("another daemon serves " + home.resolve("state") + " already");
      assertThat(first.call("vm.list")).isEqualTo(before);
    }
  }

  @Test
  void itsVersionAndProtocolAreToldBeforeAnythingElse() throws Exception {
    try (Serving daemon = new Serving()) {
      Json ping = daemon.call("daemon.ping");
      assertThat(ping.text("version")).isEqualTo(Version.CURRENT);
      assertThat(ping.get("protocol").number(-1)).isEqualTo(BangerClient.PROTOCOL);
      assertThat(daemon.call("daemon.status").get("uptimeSeconds").number(-1)).isNotNegative();
    }
  }

  @Test
  void aDamagedDatabaseIsNamedLeftAsItIsAndNothingStaysOpen() throws Exception {
    Path database = Files.createDirectories(home.resolve("state")).resolve("banger.db");
    Files.writeString(database, "Dear diary, ".repeat(1000));

    assertThat(run(UnaryOperator.identity())).isEqualTo(1);

    assertThat(said())
        .contains("error: the database " + database + " is damaged")
        .contains("hint:");
    assertThat(Files.readString(database)).startsWith("Dear diary");
    assertNothingIsHeld();
    Files.delete(database);
    new Serving().close();
  }

  @Test
  void oneThatFailsHalfWayClosesWhatItHadOpened() throws Exception {
    int threads = Thread.activeCount();
    UnaryOperator<Module> broken =
        rooms ->
            Modules.override(rooms)
                .with(
                    new AbstractModule() {
                      @Provides
                      @Singleton
                      Reconciler reconciler() {
                        throw new BangerException(ErrorKind.HOST, "the last room is on fire");
                      }
                    });

    assertThat(run(broken)).isEqualTo(1);

    assertThat(said()).contains("the last room is on fire");
    assertNothingIsHeld();
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
    new Serving().close();
  }
}
