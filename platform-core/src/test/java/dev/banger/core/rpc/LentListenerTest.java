package dev.banger.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A socket of systemd's; here the test is systemd. */
class LentListenerTest {
  @TempDir Path home;
  private Path socket;
  private ServerSocketChannel lent;

  @BeforeEach
  void listen() throws IOException {
    socket = Files.createDirectory(home.resolve("run")).resolve("d.sock");
    lent = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    lent.bind(UnixDomainSocketAddress.of(socket));
  }

  @AfterEach
  void close() throws IOException {
    lent.close();
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  @Test
  void whoConnectedBeforeIsServed() throws IOException {
    try (SocketChannel _ = connect();
        LentListener listener = LentListener.of(socket, lent);
        SocketChannel served = listener.accept()) {
      assertThat(served.isConnected()).isTrue();
      assertThat(served.isBlocking()).isTrue();
    }
  }

  @Test
  void whoConnectsAfterTheEndWaitsForTheNextDaemon() throws IOException {
    LentListener.of(socket, lent).close();

    assertThat(socket).exists();
    try (SocketChannel waiting = connect()) {
      assertThat(waiting.isConnected()).isTrue();
      assertThat(lent.isOpen()).isTrue();
      assertThat(lent.accept()).isNotNull().satisfies(SocketChannel::close);
    }
  }

  @Test
  void closingEndsAWait() throws Exception {
    LentListener listener = LentListener.of(socket, lent);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    listener.accept();
                    end.complete(null);
                  } catch (IOException | RuntimeException e) {
                    end.complete(e);
                  }
                });
    while (waiting.getState() == Thread.State.NEW) {
      Thread.onSpinWait();
    }

    listener.close();

    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(AsynchronousCloseException.class);
    waiting.join();
  }

  @Test
  void itsDirectoryIsForItsOwnerOnly() throws IOException {
    Files.setPosixFilePermissions(socket.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));

    try (LentListener listener = LentListener.of(socket, lent)) {
      assertThat(Files.getPosixFilePermissions(socket.getParent()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      assertThat(listener.owner()).isEqualTo(Files.getOwner(home));
    }
  }

  @Test
  void aSocketThatNoClientWouldFindIsRefused() {
    assertThatThrownBy(() -> LentListener.of(home.resolve("other/d.sock"), lent))
        .isInstanceOf(BangerException.class)
        .hasMessage(
            "the socket that was handed over is %s, but clients look for %s",
            socket, home.resolve("other/d.sock"));
  }

  @Test
  void whatIsNoUnixSocketIsRefused() throws IOException {
    try (ServerSocketChannel internet = ServerSocketChannel.open()) {
      internet.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThatThrownBy(() -> LentListener.of(socket, internet))
          .isInstanceOf(BangerException.class)
          .hasMessageContaining("is not a Unix socket that somebody listens on");
    }
    assertThatThrownBy(() -> LentListener.of(socket, null))
        .hasMessageContaining("is not a Unix socket that somebody listens on");
  }

  @Test
  void anOwnListenerLeavesTheFileThatAnotherHasPutThere() throws IOException {
    Path path = home.resolve("own/d.sock");
    OwnListener own = OwnListener.open(path);
    Files.delete(path);
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(path));

      own.close();

      assertThat(path).exists();
    }
  }
}
