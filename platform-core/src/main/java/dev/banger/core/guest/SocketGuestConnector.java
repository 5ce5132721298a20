package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reaches the agent through the door that the VMM offers. It often opens long before the agent is
 * there: only its answer counts.
 */
public final class SocketGuestConnector implements GuestLink.Connector {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  @Override
  public GuestLink connect(VmPaths paths, GuestLink.Door door, Duration deadline)
      throws InterruptedException {
    return connect(door, deadline);
  }

  /** The agent behind a Unix socket that leads straight to it. */
  public GuestLink connect(Path socket, Duration duration) throws InterruptedException {
    return connect(_ -> SocketChannel.open(UnixDomainSocketAddress.of(socket)), duration);
  }

  private static GuestLink connect(GuestLink.Door door, Duration duration)
      throws InterruptedException {
    Deadline deadline = Deadline.in(duration);
    Duration pause = FIRST_PAUSE;
    while (true) {
      GuestLink link = attempt(door, deadline);
      if (link != null) {
        return link;
      }
      if (deadline.passed()) {
        throw deadline.timeout("the guest agent did not answer");
      }
      Thread.sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
              ? LONGEST_PAUSE
              : pause.multipliedBy(2);
    }
  }

  /** One connection; null when there is none to be had, or it ended. */
  private static GuestLink attempt(GuestLink.Door door, Deadline deadline)
      throws InterruptedException {
    SocketChannel channel;
    try {
      channel = door.open(Duration.ofNanos(Math.max(1, deadline.leftNanos())));
    } catch (IOException e) {
      return null; // the VMM is not there yet, or just went away
    }
    GuestLink link = null;
    try {
      link = shakeHands(channel, deadline);
      return link;
    } catch (IOException e) {
      return null; // it just went away
    } finally {
      if (link == null) {
        close(channel);
      }
    }
  }

  /** On a thread of its own, because the connection is blocking; closing it ends the thread. */
  private static GuestLink shakeHands(SocketChannel channel, Deadline deadline)
      throws IOException, InterruptedException {
    FutureTask<GuestLink> task = new FutureTask<>(() -> MuxGuestLink.open(channel, deadline));
    Thread.ofVirtual().name("link-handshake").start(task);
    try {
      return task.get(Math.max(0, deadline.leftNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw deadline.timeout("the guest agent did not answer");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw new IOException(io);
        case BangerException banger -> throw banger;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use either way.
    }
  }
}
