package dev.banger.plugin.ports;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.GuestStream;
import dev.banger.api.VmView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** What is connected to one guest's ports: bytes both ways, each direction ending by itself. */
final class Connections {
  /** The link to a guest carries 256 streams; the other half is for commands, files and SSH. */
  static final int MOST = 128;

  private static final Duration DIAL = Duration.ofSeconds(10);
  private static final int CHUNK = 32 * 1024;

  private final CapabilityHost host;
  private final VmView vm;
  private final Semaphore room = new Semaphore(MOST);
  private final Set<Socket> open = new HashSet<>();
  private boolean isClosed;
  private int lastPort;

  /** Whether somebody came since this was last asked. */
  private boolean isUsed;

  Connections(CapabilityHost host, VmView vm) {
    this.host = host;
    this.vm = vm;
  }

  /** Connects it to the guest's port, on a thread of its own; one too many is turned away. */
  void take(Socket client, int port) {
    if (!room.tryAcquire()) {
      abort(client);
      return;
    }
    if (!enter(client, port)) {
      room.release();
      return;
    }
    Thread.ofVirtual()
        .name("port-" + port + "-client")
        .start(
            () -> {
              try {
                serve(client, port);
              } finally {
                leave(client);
                room.release();
              }
            });
  }

  private synchronized boolean enter(Socket client, int port) {
    if (isClosed) {
      abort(client);
      return false;
    }
    lastPort = port;
    isUsed = true;
    open.add(client);
    return true;
  }

  private synchronized void leave(Socket client) {
    open.remove(client);
  }

  private void serve(Socket client, int port) {
    try (GuestStream guest = host.dial(vm, port, DIAL)) {
      client.setTcpNoDelay(true);
      Thread inward =
          Thread.ofVirtual()
              .name("port-" + port + "-in")
              .start(
                  () -> {
                    if (!pass(client, guest)) {
                      guest.close();
                    }
                  });
      if (copy(guest.in(), client.getOutputStream())) {
        client.shutdownOutput();
        inward.join();
        client.close();
      } else {
        abort(client);
      }
    } catch (CapabilityException | IOException e) {
      // Nothing listens there any more, or the guest is gone: what a closed port says.
      abort(client);
    } catch (InterruptedException e) {
      abort(client);
    }
  }

  private static boolean pass(Socket client, GuestStream guest) {
    try {
      if (copy(client.getInputStream(), guest.out())) {
        guest.out().close();
        return true;
      }
    } catch (IOException e) {
      // As below.
    }
    return false;
  }

  /** False when either side failed before the end. */
  private static boolean copy(InputStream from, OutputStream to) {
    byte[] chunk = new byte[CHUNK];
    try {
      for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
        to.write(chunk, 0, count);
        to.flush();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes it with a reset, so that its peer does not take this for the end of the data. */
  private static void abort(Socket client) {
    try {
      client.setSoLinger(true, 0);
    } catch (IOException e) {
      // Closed already.
    }
    try {
      client.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
  }

  /** The port that somebody is connected to, or was since this was last asked. */
  synchronized Optional<Integer> use() {
    boolean isInUse = isUsed || !open.isEmpty();
    isUsed = false;
    return isInUse ? Optional.of(lastPort) : Optional.empty();
  }

  int count() {
    return MOST - room.availablePermits();
  }

  void close() {
    Set<Socket> ending;
    synchronized (this) {
      isClosed = true;
      ending = Set.copyOf(open);
    }
    ending.forEach(Connections::abort);
  }
}
