package dev.banger.core.vmm.firecracker;

import dev.banger.core.model.VmPaths;
import dev.banger.protocol.Protocol;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When to try and reach a guest's agent. The agent connects to a port of the host once it listens,
 * and hangs up; so nobody has to ask again and again. Should it not, trying now and then finds it
 * too.
 */
final class AgentReadiness implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentReadiness.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final Path socket;
  private final BlockingQueue<Boolean> pokes = new ArrayBlockingQueue<>(1);
  private ServerSocketChannel server;
  private Duration pause = FIRST_PAUSE;

  /**
   * @param booting whether the agent cannot be up yet
   */
  AgentReadiness(VmPaths paths, boolean booting) {
    this.socket = paths.hostSocket(Protocol.VSOCK_READY_PORT);
    if (!booting) {
      boolean ignored = pokes.offer(true);
    }
  }

  /** Listens. That it cannot is no reason to fail: {@link #await} then only waits. */
  AgentReadiness open() {
    try {
      Files.deleteIfExists(socket);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket), 1);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      Thread.ofVirtual().name("agent-readiness " + socket).start(this::listen);
    } catch (IOException e) {
      LOG.debug("cannot listen on {}", socket, e);
    }
    return this;
  }

  private void listen() {
    try {
      while (true) {
        SocketChannel guest = server.accept();
        guest.close();
        boolean ignored = pokes.offer(true);
      }
    } catch (IOException e) {
      LOG.debug("no longer listening on {}: {}", socket, e.getMessage());
    }
  }

  /**
   * Waits until a try is worth it.
   *
   * @return whether the agent has reported; else the last try was a while ago
   */
  boolean await(Duration limit) throws InterruptedException {
    Duration atMost = next();
    Duration wait = limit.compareTo(atMost) < 0 ? limit : atMost;
    return pokes.poll(wait.toNanos(), TimeUnit.NANOSECONDS) != null;
  }

  private synchronized Duration next() {
    Duration now = pause;
    Duration twice = pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    return now;
  }

  /** The agent was there: the next try need not wait. */
  void reached() {
    synchronized (this) {
      pause = FIRST_PAUSE;
    }
    boolean ignored = pokes.offer(true);
  }

  /** Stops listening and removes the socket. */
  @Override
  public void close() {
    try {
      if (server != null) {
        server.close();
        Files.deleteIfExists(socket);
      }
    } catch (IOException e) {
      LOG.debug("cannot remove {}", socket, e);
    }
  }
}
