package dev.banger.core.rpc;

import dev.banger.core.host.IoReasons;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
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

/** Listens on the daemon's socket and serves each connection on a thread of its own. */
public final class RpcServer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RpcServer.class.getName());

  private static final int MAX_CONNECTIONS = 512;

  private final Listener listener;
  private final Function<String, RpcMethod> methods;
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private final Semaphore slots = new Semaphore(MAX_CONNECTIONS);
  private final Thread accepting;
  private volatile boolean isClosed;

  private RpcServer(Listener listener, Function<String, RpcMethod> methods) {
    this.listener = listener;
    this.methods = methods;
    this.accepting = Thread.ofPlatform().name("rpc-accept").daemon(true).unstarted(this::accept);
  }

  /**
   * Makes the socket; {@link #close} removes it.
   *
   * @param methods finds a method by name, or null; may be asked from many threads, and may block
   */
  public static RpcServer listen(Path socket, Function<String, RpcMethod> methods) {
    return serve(OwnListener.open(socket), methods);
  }

  /**
   * Takes the socket over from whoever started this process, as its standard input; {@link #close}
   * leaves it to him.
   *
   * @param socket where clients look for the daemon
   * @param methods as for {@link #listen}
   * @throws BangerException of kind INVALID when standard input is something else
   */
  public static RpcServer inherit(Path socket, Function<String, RpcMethod> methods) {
    try {
      return serve(LentListener.of(socket, System.inheritedChannel()), methods);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot serve the socket %s that was handed over: %s".formatted(socket, IoReasons.of(e)),
          "systemctl restart banger.socket",
          List.of(),
          e);
    }
  }

  private static RpcServer serve(Listener listener, Function<String, RpcMethod> methods) {
    RpcServer server = new RpcServer(listener, methods);
    server.accepting.start();
    return server;
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
    while (!isClosed) {
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
    Leases leases = new Leases();
    try (peer) {
      if (admitted(peer)) {
        new RpcConnection(peer, methods, leases).run();
      }
    } catch (IOException e) {
      LOG.log(Level.FINE, "a client went away", e);
    } finally {
      if (!isClosed) {
        // Otherwise it is the daemon that goes, and the client is there to find the next.
        leases.expire();
      }
      connections.remove(peer);
      slots.release();
    }
  }

  /** The directory's mode keeps others out already; this is the second lock on the door. */
  private boolean admitted(SocketChannel peer) throws IOException {
    UnixDomainPrincipal principal = peer.getOption(ExtendedSocketOptions.SO_PEERCRED);
    // By number: its name may not be there, or not be readable just now.
    UserPrincipal user = principal.user();
    if (user.equals(listener.owner()) || user.getName().equals("root")) {
      return true;
    }
    LOG.log(Level.WARNING, "refused a connection of user {0}", user.getName());
    return false;
  }

  /** Refuses new connections and cuts the open ones; operations go on. */
  @Override
  public void close() {
    isClosed = true;
    closeQuietly(listener);
    accepting.interrupt();
    connections.forEach(RpcServer::closeQuietly);
  }
}
