package dev.banger.core.guest;

import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.GuestLink.Listener;
import dev.banger.protocol.DeadlineException;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lists of listeners as an agent sends them, in parts; bounded whatever it sends. */
final class ListenerFeed {
  /** A guest that sends more often waits. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Between the parts of one list, and until the first of a watch. */
  private static final Duration PART_LIMIT = Duration.ofSeconds(30);

  private static final int PROCESS = 64;
  private static final int COMMAND = 512;

  /** Longest address as text: IPv6 with IPv4 at its end, with room. */
  private static final int ADDRESS = 48;

  private static final Comparator<Listener> ORDER =
      Comparator.comparing(Listener::protocol)
          .thenComparingInt(Listener::port)
          .thenComparing(Listener::address);

  private final Requests requests;

  ListenerFeed(Requests requests) {
    this.requests = requests;
  }

  List<Listener> once(Deadline deadline) {
    GuestMessage request = new GuestMessage.Listeners(false);
    MuxStream stream = requests.pose(request);
    try {
      stream.setDeadline(deadline.nanoTime());
      return read(stream, request);
    } catch (DeadlineException e) {
      throw deadline.timeout("the guest agent did not say what listens in the guest");
    } catch (IOException e) {
      throw Failures.lost(e);
    } finally {
      stream.close();
    }
  }

  void watch(GuestLink.ListenerWatcher watcher) throws InterruptedException {
    GuestMessage request = new GuestMessage.Listeners(true);
    MuxStream stream = requests.pose(request);
    try {
      stream.setDeadline(Deadline.in(PART_LIMIT).nanoTime());
      while (true) {
        List<Listener> now = read(stream, request);
        watcher.changed(now);
        Thread.sleep(PAUSE);
        stream.clearDeadline();
      }
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw Failures.lost(e);
    } finally {
      stream.close();
    }
  }

  /** One list; once its first part is there, the others have to follow. */
  private static List<Listener> read(MuxStream stream, GuestMessage request) throws IOException {
    List<Listener> all = new ArrayList<>();
    while (true) {
      GuestMessage answer = MessageCodec.read(stream.in());
      if (answer instanceof GuestMessage.Failure failure) {
        throw Failures.of(failure, request);
      }
      if (!(answer instanceof GuestMessage.ListenersReport report)) {
        throw Failures.nonsense(answer.kind() + " to " + request.kind());
      }
      if (all.size() + report.part().size() > Listener.MOST
          || (report.part().isEmpty() && !report.last())) {
        throw Failures.nonsense("more than " + Listener.MOST + " listeners");
      }
      for (GuestMessage.Listener one : report.part()) {
        all.add(checked(one));
      }
      if (report.last()) {
        all.sort(ORDER);
        return List.copyOf(all);
      }
    }
  }

  private static Listener checked(GuestMessage.Listener one) {
    if (one.port() < 1 || one.pid() < 0 || !isAddress(one.address())) {
      throw Failures.nonsense(
          "a listener on \"%s\", port %d, of process %d"
              .formatted(GuestText.clean(one.address(), ADDRESS), one.port(), one.pid()));
    }
    return new Listener(
        one.udp() ? "udp" : "tcp",
        one.address(),
        one.port(),
        one.pid(),
        GuestText.clean(one.process(), PROCESS),
        GuestText.clean(one.command(), COMMAND),
        one.elsewhere());
  }

  private static boolean isAddress(String text) {
    if (text.length() > ADDRESS || text.indexOf('%') >= 0) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
