package dev.banger.core.rpc;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/**
 * A socket that somebody else listens on, systemd, and has handed over as standard input. Its file
 * is not the daemon's to remove, and who connects after this is closed waits for the next daemon.
 */
final class LentListener implements Listener {
  private final ServerSocketChannel channel;
  private final Selector selector;
  private final UserPrincipal owner;

  private LentListener(ServerSocketChannel channel, Selector selector, UserPrincipal owner) {
    this.channel = channel;
    this.selector = selector;
    this.owner = owner;
  }

  /**
   * @param socket where clients look for the daemon
   * @param standardInput what came as standard input, or null when that is no socket
   */
  static LentListener of(Path socket, Channel standardInput) throws IOException {
    if (!(standardInput instanceof ServerSocketChannel channel)
        || !(channel.getLocalAddress() instanceof UnixDomainSocketAddress address)) {
      throw new BangerException(
          ErrorKind.INVALID,
          "standard input is not a Unix socket that somebody listens on",
          "bangerd --listen-on-stdin is for systemd's StandardInput=socket; start bangerd without"
              + " it, or: systemctl start banger.socket");
    }
    if (!isSame(address.getPath(), socket)) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the socket that was handed over is %s, but clients look for %s"
              .formatted(address.getPath(), socket),
          "make ListenStream= of the socket unit and BANGER_SOCKET or BANGER_HOME of the service"
              + " name one path");
    }
    Path dir = socket.toAbsolutePath().getParent();
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    Selector selector = Selector.open();
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_ACCEPT);
    return new LentListener(channel, selector, Files.getOwner(dir));
  }

  private static boolean isSame(Path handedOver, Path wanted) throws IOException {
    return handedOver.equals(wanted)
        || (Files.exists(handedOver)
            && Files.exists(wanted)
            && Files.isSameFile(handedOver, wanted));
  }

  @Override
  public SocketChannel accept() throws IOException {
    try {
      while (true) {
        selector.select();
        selector.selectedKeys().clear();
        SocketChannel client = channel.accept();
        if (client != null) {
          return client;
        }
      }
    } catch (ClosedSelectorException e) {
      throw new AsynchronousCloseException();
    }
  }

  @Override
  public UserPrincipal owner() {
    return owner;
  }

  /**
   * The channel stays open until the process ends. With an inherited one the JDK would close
   * standard output and standard error too, and the last words of the log were lost.
   */
  @Override
  public void close() throws IOException {
    selector.close();
  }
}
