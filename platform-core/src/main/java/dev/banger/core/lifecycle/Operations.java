package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts operations, finds them again, and ends them when the daemon stops. */
public final class Operations implements AutoCloseable {
  /** The work of an operation. Interrupted when it is cancelled. */
  @FunctionalInterface
  public interface Body {
    Object run(Operation operation) throws Exception;
  }

  private static final Logger LOG = Logger.getLogger(Operations.class.getName());
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final OperationLog log;
  private final ConcurrentSkipListMap<Long, Operation> running = new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  public Operations(OperationLog log) {
    this.log = log;
  }

  /** Starts {@code body} on a thread of its own and returns at once. */
  public Operation begin(String kind, String vm, Body body) {
    if (closed) {
      throw new BangerException(ErrorKind.UNAVAILABLE, "the daemon is stopping");
    }
    long number = log.nextNumber();
    Operation operation = new Operation("op-" + number, kind, vm);
    running.put(number, operation);
    Thread.ofVirtual().name(operation.id() + "-" + kind).start(() -> run(number, operation, body));
    return operation;
  }

  private void run(long number, Operation operation, Body body) {
    operation.startedOn(Thread.currentThread());
    Object value = null;
    Throwable failure = null;
    try {
      value = body.run(operation);
    } catch (Throwable e) {
      failure = e;
    }
    if (failure != null
        && !(failure instanceof BangerException)
        && !(failure instanceof InterruptedException)) {
      LOG.log(Level.WARNING, "op=" + operation.id() + " failed", failure);
    }
    if (failure == null) {
      operation.succeed(value);
    } else {
      operation.fail(failure);
    }
    try {
      log.save(operation.view());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "op=" + operation.id() + " could not be recorded", e);
    } finally {
      running.remove(number);
    }
  }

  /** Running ones first, each kind the latest first, at most {@code atMost}. */
  public List<Operation.View> list(int atMost) {
    return list(_ -> true, false, atMost);
  }

  /**
   * The same, of those that {@code wanted} accepts.
   *
   * @param onlyRunning leave out those that have ended
   */
  public List<Operation.View> list(
      Predicate<Operation.View> wanted, boolean onlyRunning, int atMost) {
    Map<String, Operation.View> found = new LinkedHashMap<>();
    running.descendingMap().values().stream()
        .map(Operation::view)
        .filter(wanted)
        // One that has just ended may not be in the log yet.
        .filter(view -> !onlyRunning || view.state() == Operation.State.RUNNING)
        .forEach(view -> found.put(view.id(), view));
    if (!onlyRunning) {
      log.ended(OperationLog.KEPT).stream()
          .filter(wanted)
          .forEach(view -> found.putIfAbsent(view.id(), view));
    }
    return found.values().stream().limit(atMost).toList();
  }

  public Operation.View show(String id) {
    return running.values().stream()
        .filter(operation -> operation.id().equals(id))
        .findFirst()
        .map(Operation::view)
        .or(() -> log.find(id))
        .orElseThrow(() -> unknown(id));
  }

  /** The operation while it runs; empty stages are not lost by asking late. */
  public Operation find(String id) {
    return running.values().stream()
        .filter(operation -> operation.id().equals(id))
        .findFirst()
        .orElseThrow(
            () -> {
              Operation.View ended = show(id);
              return new BangerException(
                  ErrorKind.ILLEGAL_STATE,
                  "operation %s has ended already (%s)"
                      .formatted(id, ended.state().name().toLowerCase(java.util.Locale.ROOT)),
                  "banger op show " + id);
            });
  }

  private static BangerException unknown(String id) {
    return new BangerException(
        ErrorKind.NOT_FOUND, "no operation \"%s\"".formatted(id), "banger op list");
  }

  /** Interrupts what still runs and waits, bounded, for it to undo what it did. */
  @Override
  public void close() {
    closed = true;
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    List<Operation> open = List.copyOf(running.values());
    for (Operation operation : open) {
      try {
        operation.end();
      } catch (BangerException e) {
        LOG.log(Level.FINE, "op={0} ended meanwhile", operation.id());
      }
    }
    while (!running.isEmpty() && System.nanoTime() < deadline) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
