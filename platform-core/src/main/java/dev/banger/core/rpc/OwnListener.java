package dev.banger.core.rpc;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;

/**
 * A socket that the daemon makes, and removes in the end. Whoever opens it holds the daemon's lock,
 * so a socket file that is there already is a dead daemon's.
 */
final class OwnListener implements Listener {
  /**
   * Connections of virtual threads do not wait for room in the queue, they fail; so it is larger
   * than any burst of command lines.
   */
  private static final int BACKLOG = 1024;

  private final Path socket;
  private final ServerSocketChannel channel;
  private final UserPrincipal owner;
  private final Object fileKey;

  private OwnListener(
      Path socket, ServerSocketChannel channel, UserPrincipal owner, Object fileKey) {
    this.socket = socket;
    this.channel = channel;
    this.owner = owner;
    this.fileKey = fileKey;
  }

  static OwnListener open(Path socket) {
    ServerSocketChannel channel = null;
    try {
      Path dir = socket.toAbsolutePath().getParent();
      Files.createDirectories(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
      Files.deleteIfExists(socket);
      channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
      return new OwnListener(socket, channel, Files.getOwner(dir), fileKey(socket));
    } catch (IOException e) {
      closeAfter(e, channel);
      throw new BangerException(
          ErrorKind.HOST,
          "cannot listen on %s: %s".formatted(socket, e.getMessage()),
          "BANGER_SOCKET or BANGER_HOME put it elsewhere",
          List.of(),
          e);
    }
  }

  private static void closeAfter(IOException failure, ServerSocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Tells this file from another of the same name. */
  private static Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  @Override
  public SocketChannel accept() throws IOException {
    return channel.accept();
  }

  @Override
  public UserPrincipal owner() {
    return owner;
  }

  /** Somebody else may listen at the same path meanwhile, as systemd does: his file stays. */
  @Override
  public void close() throws IOException {
    try (channel) {
      if (channel.isOpen() && fileKey(socket).equals(fileKey)) {
        Files.deleteIfExists(socket);
      }
    } catch (NoSuchFileException e) {
      // Gone already, which is all that is wanted.
    }
  }
}
