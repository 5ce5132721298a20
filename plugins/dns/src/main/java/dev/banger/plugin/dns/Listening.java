package dev.banger.plugin.dns;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps the server going. While its address is taken by somebody else, VMs start all the same, and
 * it is tried again and again.
 */
final class Listening implements AutoCloseable {
  static final Duration RETRY = Duration.ofSeconds(1);

  /** Makes a server; see {@link DnsServer#bind}. */
  @FunctionalInterface
  interface Binding {
    DnsServer bind(InetSocketAddress wanted) throws IOException;
  }

  private final InetSocketAddress wanted;
  private final Binding binding;
  private final Duration retry;
  private final System.Logger log;
  private DnsServer server;
  private volatile InetSocketAddress bound;
  private volatile String problem;

  Listening(InetSocketAddress wanted, Binding binding, Duration retry, System.Logger log) {
    this.wanted = wanted;
    this.binding = binding;
    this.retry = retry;
    this.log = log;
  }

  /** Tries once. What goes wrong is told by {@link #problem}. */
  synchronized void begin() {
    try {
      server = binding.bind(wanted);
      bound = server.address();
      problem = null;
      log.log(System.Logger.Level.INFO, "DNS answers on {0}", Endpoint.text(bound));
    } catch (IOException e) {
      String why = why(e);
      if (!why.equals(problem)) {
        problem = why;
        log.log(
            System.Logger.Level.WARNING,
            "{0}; VMs start without names that answer; tried again every {1} s",
            why,
            retry.toSeconds());
      }
    }
  }

  private String why(IOException e) {
    return e instanceof BindException && String.valueOf(e.getMessage()).contains("in use")
        ? "the address %s for DNS is in use".formatted(Endpoint.text(wanted))
        : "cannot listen for DNS on %s: %s".formatted(Endpoint.text(wanted), e.getMessage());
  }

  /** Serves until its thread is interrupted. */
  void run() throws InterruptedException {
    while (!Thread.currentThread().isInterrupted()) {
      DnsServer current;
      synchronized (this) {
        current = server;
      }
      if (current == null) {
        Thread.sleep(retry);
        begin();
        continue;
      }
      try {
        current.run();
      } catch (IOException e) {
        if (!Thread.currentThread().isInterrupted()) {
          log.log(System.Logger.Level.WARNING, "the DNS server broke off and is begun again", e);
        }
      } finally {
        close();
      }
    }
  }

  /** Where it answers right now. */
  Optional<InetSocketAddress> address() {
    return Optional.ofNullable(bound);
  }

  /** Why it does not answer. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  InetSocketAddress wanted() {
    return wanted;
  }

  /** Not while {@link #run} runs in another thread: interrupt that first. */
  @Override
  public synchronized void close() {
    bound = null;
    if (server != null) {
      server.close();
      server = null;
    }
  }
}
