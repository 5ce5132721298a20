package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HybridVsockTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path dir;
  private Path socket;

  @BeforeEach
  void choosePath() {
    socket = dir.resolve("a.sock");
  }

  @Test
  void thePortIsAskedForInOnePieceAndNoByteOfTheGuestIsLost() throws Exception {
    try (Peer peer = Peer.answering(socket, "OK 1073741824\nGET");
        SocketChannel channel = HybridVsock.open(socket, 1024, LIMIT)) {
      assertThat(peer.heard()).containsExactly("CONNECT 1024\n");
      assertThat(rest(channel)).isEqualTo("GET");
    }
  }

  @Test
  void whereNobodyListensInTheGuestTheVmmHangsUp() throws Exception {
    try (Peer _ = Peer.answering(socket, "")) {
      assertThatThrownBy(() -> HybridVsock.open(socket, 1024, LIMIT))
          .isInstanceOf(EOFException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"OK", "OK 12", "O"})
  void anAnswerThatBreaksOffIsNone(String answer) throws Exception {
    try (Peer _ = Peer.answering(socket, answer)) {
      assertThatThrownBy(() -> HybridVsock.open(socket, 1024, LIMIT))
          .isInstanceOf(EOFException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO 1\n", "OK\n", "OK x\n", "OK -1\n", "\n", "HTTP/1.1 200 OK\r\n"})
  void anotherAnswerThanOkIsNone(String answer) throws Exception {
    try (Peer _ = Peer.answering(socket, answer)) {
      assertThatThrownBy(() -> HybridVsock.open(socket, 1024, LIMIT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("did not say OK");
    }
  }

  @Test
  void anEndlessLineIsNotRead() throws Exception {
    try (Peer _ = Peer.answering(socket, "O".repeat(1 << 20))) {
      assertThatThrownBy(() -> HybridVsock.open(socket, 1024, LIMIT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more than 32 bytes");
    }
  }

  @Test
  void aGuestThatIsNotUpIsNotWaitedForForEver() throws Exception {
    try (Peer _ = new Peer(socket, (_, connection) -> Peer.untilHungUp(connection))) {
      assertThatThrownBy(() -> HybridVsock.open(socket, 1024, Duration.ofMillis(100)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no answer within 100 ms");
    }
  }

  @Test
  void aVmmThatIsGoneIsAnOrdinaryFailure() {
    assertThatThrownBy(() -> HybridVsock.open(socket, 1024, LIMIT)).isInstanceOf(IOException.class);
  }

  private static String rest(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(1024);
    while (channel.read(bytes) >= 0) {
      // to the end
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }
}
