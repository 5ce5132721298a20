package dev.banger.core.rpc;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Listens on the daemon's socket and serves each connection on a thread of its own. Whoever opens
 * it holds the daemon's lock, so a socket file that is there already is a dead daemon's.
 */
public final class RpcServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RpcServer.class.getName());

  /**
   * Connections of virtual threads do not wait for room in the queue, they fail; so it is larger
   * than any burst of command lines.
   */
  private static final int BACKLOG = 1024;

  private static final int MAX_CONNECTIONS = 512;

  private final Path socket;
  private final ServerSocketChannel listener;
  private final UserPrincipal owner;
  private final Function<String, RpcMethod> methods;
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private final Semaphore slots = new Semaphore(MAX_CONNECTIONS);
  private final Thread accepting;

  private RpcServer(
      Path socket,
      ServerSocketChannel listener,
      UserPrincipal owner,
      Function<String, RpcMethod> methods) {
    this.socket = socket;
    this.listener = listener;
    this.owner = owner;
    this.methods = methods;
    this.accepting = Thread.ofPlatform().name("rpc-accept").daemon(true).unstarted(this::accept);
  }

  /**
   * @param methods finds a method by name, or null; may be asked from many threads, and may block
   */
  public static RpcServer listen(Path socket, Function<String, RpcMethod> methods) {
    ServerSocketChannel listener = null;
    try {
      Path dir = socket.toAbsolutePath().getParent();
      Files.createDirectories(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
      Files.deleteIfExists(socket);
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
      RpcServer server = new RpcServer(socket, listener, Files.getOwner(dir), methods);
      server.accepting.start();
      return server;
    } catch (IOException e) {
      closeQuietly(listener);
      throw new BangerException(
          ErrorKind.HOST,
          "cannot listen on %s: %s".formatted(socket, e.getMessage()),
          "BANGER_SOCKET or BANGER_HOME put it elsewhere",
          List.of(),
          e);
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (Exception e) {
      LOG.log(Level.FINE, "closing", e);
    }
  }

  private void accept() {
    boolean told = false;
    while (listener.isOpen()) {
      try {
        acceptOne();
        told = false;
      } catch (AsynchronousCloseException | InterruptedException e) {
        return;
      } catch (IOException | RuntimeException | Error e) {
        // For example too many open files: let some of them go before trying again.
        told = told || tell(e);
        pause();
      }
    }
  }

  private void acceptOne() throws IOException, InterruptedException {
    slots.acquire();
    SocketChannel peer = null;
    boolean served = false;
    try {
      SocketChannel accepted = listener.accept();
      peer = accepted;
      connections.add(accepted);
      // A virtual one waits for its turn on one of a few carriers, and then again for theirs.
      Thread.ofPlatform().daemon(true).name("rpc-connection").start(() -> serve(accepted));
      served = true;
    } finally {
      if (!served) {
        if (peer != null) {
          connections.remove(peer);
          closeQuietly(peer);
        }
        slots.release();
      }
    }
  }

  /**
   * Without files left even a class that logging needs may not be found: that must not end the loop
   * that clients come in by.
   *
   * @return whether it could be logged
   */
  private static boolean tell(Throwable failure) {
    try {
      LOG.log(Level.WARNING, "cannot accept a connection", failure);
      return true;
    } catch (RuntimeException | Error e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel peer) {
    try (peer) {
      if (admitted(peer)) {
        new RpcConnection(peer, methods).run();
      }
    } catch (IOException e) {
      LOG.log(Level.FINE, "a client went away", e);
    } finally {
      connections.remove(peer);
      slots.release();
    }
  }

  /** The directory's mode keeps others out already; this is the second lock on the door. */
  private boolean admitted(SocketChannel peer) throws IOException {
    UnixDomainPrincipal principal = peer.getOption(ExtendedSocketOptions.SO_PEERCRED);
    // By number: its name may not be there, or not be readable just now.
    UserPrincipal user = principal.user();
    if (user.equals(owner) || user.getName().equals("root")) {
      return true;
    }
    LOG.log(Level.WARNING, "refused a connection of user {0}", user.getName());
    return false;
  }

  /** Refuses new connections and cuts the open ones; operations go on. */
  @Override
  public void close() {
    closeQuietly(listener);
    accepting.interrupt();
    connections.forEach(RpcServer::closeQuietly);
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.log(Level.FINE, "removing the socket", e);
    }
  }
}
