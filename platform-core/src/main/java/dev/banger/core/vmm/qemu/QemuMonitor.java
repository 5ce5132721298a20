package dev.banger.core.vmm.qemu;

import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.PlainJson;
import java.io.Closeable;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one connection to a VM's QEMU, opened when first needed and again when lost. Remembers why
 * QEMU said that it would end. Thread-safe.
 */
final class QemuMonitor implements Closeable {
  private final VmPaths paths;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile QmpClient client;
  private volatile String shutdownReason = "";
  private volatile boolean closed;

  QemuMonitor(VmPaths paths) {
    this.paths = paths;
  }

  Object execute(String command, Map<String, ?> arguments, Duration deadline)
      throws QmpException, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    QmpClient open = connect(deadline);
    return open.execute(command, arguments, Duration.ofNanos(Math.max(0, end - System.nanoTime())));
  }

  /** Connects unless connected. */
  QmpClient connect(Duration deadline) throws QmpException, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    if (!connecting.tryLock(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new QmpException(QmpException.Reason.TIMEOUT, "QEMU does not answer");
    }
    try {
      if (closed) {
        throw new QmpException(QmpException.Reason.CLOSED, "the driver is shutting down");
      }
      if (client == null || !client.isOpen()) {
        client =
            QmpClient.connect(
                paths.controlSocket(),
                this::hear,
                Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
      return client;
    } finally {
      connecting.unlock();
    }
  }

  /** When the current connection ends; empty when there is none. */
  Optional<CompletableFuture<Void>> connectionEnd() {
    QmpClient current = client;
    return current == null || !current.isOpen() ? Optional.empty() : Optional.of(current.onClose());
  }

  /** QEMU's ShutdownCause, for example {@code guest-shutdown}; empty while it said nothing. */
  String shutdownReason() {
    return shutdownReason;
  }

  @Override
  public void close() {
    closed = true;
    QmpClient current = client;
    if (current != null) {
      current.close();
    }
  }

  private void hear(QmpClient.Event event) {
    if (event.name().equals("SHUTDOWN")) {
      shutdownReason = PlainJson.text(event.data(), "reason");
    }
  }
}
