package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.VmPaths;
import dev.banger.protocol.Protocol;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentReadinessTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path dir;
  private VmPaths paths;
  private Path socket;

  @BeforeEach
  void choosePaths() {
    paths = new VmPaths(Plans.ID, dir, dir);
    socket = paths.hostSocket(Protocol.VSOCK_READY_PORT);
  }

  @Test
  void theAgentsReportIsHeardThoughNobodyWaitedYet() throws Exception {
    try (AgentReadiness readiness = new AgentReadiness(paths, true).open()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
      poke();
      // Each wait is short while nobody has reported, so this ends in any case.
      boolean reported = false;
      for (int i = 0; i < 100 && !reported; i++) {
        reported = readiness.await(LONG);
      }
      assertThat(reported).isTrue();
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void withoutAReportOneTriesNowAndThen() throws Exception {
    try (AgentReadiness readiness = new AgentReadiness(paths, true).open()) {
      assertThat(readiness.await(LONG)).isFalse();
    }
  }

  @Test
  void aGuestThatWasUpBeforeTheDaemonIsTriedAtOnceAndSoIsOneThatWasReached() throws Exception {
    try (AgentReadiness readiness = new AgentReadiness(paths, false)) {
      assertThat(readiness.await(LONG)).isTrue();
      assertThat(readiness.await(LONG)).isFalse();
      readiness.reached();
      assertThat(readiness.await(LONG)).isTrue();
    }
  }

  @Test
  void whatADeadDaemonLeftIsReplaced() throws Exception {
    Files.writeString(socket, "in the way");
    try (AgentReadiness _ = new AgentReadiness(paths, true).open()) {
      poke();
    }
  }

  @Test
  void whereItCannotListenOneStillTriesNowAndThen() throws Exception {
    VmPaths nowhere = new VmPaths(Plans.ID, dir, dir.resolve("no/such/dir"));
    try (AgentReadiness readiness = new AgentReadiness(nowhere, true).open()) {
      assertThat(readiness.await(LONG)).isFalse();
    }
  }

  private void poke() throws Exception {
    SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
  }
}
