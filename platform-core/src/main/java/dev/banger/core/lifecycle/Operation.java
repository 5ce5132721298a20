package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A long request that goes on by itself: its stages can be watched from the beginning by any number
 * of clients, and it ends with one result. Thread-safe.
 */
public final class Operation implements Progress {
  /** A stage as it was reported; {@code elapsed} counts from the first report of that stage. */
  public record Stage(String vm, String stage, String status, Duration elapsed, String message) {}

  /** Where an operation is. */
  public enum State {
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
  }

  /**
   * Told of every stage, from the first, in order, by one thread at a time. Must not block long.
   */
  @FunctionalInterface
  public interface Watcher {
    void stage(Operation operation, Stage stage);
  }

  /** What an operation looks like from outside. */
  public record View(
      String id,
      String kind,
      String vm,
      State state,
      Instant startedAt,
      Optional<Instant> endedAt,
      List<Stage> stages,
      Optional<BangerException> error) {}

  private static final int MAX_STAGES = 1000;

  private final String id;
  private final String kind;
  private final String vm;
  private final Instant startedAt = Instant.now();
  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, Long> stageStartNanos = new HashMap<>();
  private final List<Watcher> watchers = new ArrayList<>();
  private final CompletableFuture<Object> result = new CompletableFuture<>();
  private Instant endedAt;
  private boolean cancelled;
  private String held = "";
  private String undone = "";
  private Thread worker;

  Operation(String id, String kind, String vm) {
    this.id = id;
    this.kind = kind;
    this.vm = vm;
  }

  public String id() {
    return id;
  }

  /** What is done, in a word: {@code start}. */
  String verb() {
    return kind.substring(kind.lastIndexOf('.') + 1);
  }

  @Override
  public String operation() {
    return id;
  }

  /** Completes with the result, or exceptionally with a {@link BangerException}. */
  public CompletableFuture<Object> result() {
    return result;
  }

  @Override
  public void stage(String stage, String status, String message) {
    stage(vm, stage, status, message);
  }

  /** The same for one of several VMs of a batch. */
  public synchronized void stage(String ofVm, String stage, String status, String message) {
    long now = System.nanoTime();
    long began = stageStartNanos.computeIfAbsent(ofVm + '\0' + stage, _ -> now);
    Stage entry = new Stage(ofVm, stage, status, Duration.ofNanos(now - began), message);
    if (stages.size() < MAX_STAGES) {
      stages.add(entry);
    }
    watchers.forEach(watcher -> watcher.stage(this, entry));
  }

  /** Progress that names another VM than the operation's own. */
  public Progress forVm(String name) {
    return (stage, status, message) -> stage(name, stage, status, message);
  }

  /** Adds a watcher and tells it all that has happened so far. */
  public synchronized void watch(Watcher watcher) {
    stages.forEach(stage -> watcher.stage(this, stage));
    watchers.add(watcher);
  }

  public synchronized void unwatch(Watcher watcher) {
    watchers.remove(watcher);
  }

  @Override
  public synchronized void undone(String what) {
    undone = what;
  }

  /**
   * From here on there is no way back, and {@link #cancel} is refused until {@link #release}.
   *
   * @param why a clause for people, for example {@code the guest has been asked to shut down}
   * @throws InterruptedException when it has been cancelled already
   */
  synchronized void hold(String why) throws InterruptedException {
    if (cancelled) {
      throw new InterruptedException("cancelled");
    }
    held = why;
  }

  /** What follows can be taken back again. */
  synchronized void release() {
    held = "";
  }

  /**
   * Asks the operation to stop; it undoes what it did and ends as cancelled.
   *
   * @throws BangerException of kind ILLEGAL_STATE when it has ended, or there is no way back
   */
  public synchronized void cancel() {
    if (!result.isDone() && !held.isEmpty()) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE,
          "operation %s (%s) cannot be taken back: %s".formatted(id, kind, held),
          "see how it ends: banger op watch " + id);
    }
    end();
  }

  /** The same, whether there is a way back or not: the daemon itself ends. */
  synchronized void end() {
    if (result.isDone()) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE,
          "operation %s has ended already (%s)".formatted(id, view().state()),
          "banger op show " + id);
    }
    cancelled = true;
    if (worker != null) {
      worker.interrupt();
    }
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }

  synchronized void startedOn(Thread thread) {
    worker = thread;
    if (cancelled) {
      thread.interrupt();
    }
  }

  void succeed(Object value) {
    synchronized (this) {
      endedAt = Instant.now();
      worker = null;
    }
    result.complete(value);
  }

  void fail(Throwable failure) {
    BangerException error;
    synchronized (this) {
      endedAt = Instant.now();
      worker = null;
      error = cancelled ? cancelledError() : asBangerException(failure);
    }
    result.completeExceptionally(error);
  }

  private synchronized BangerException cancelledError() {
    return new BangerException(
        ErrorKind.CONFLICT,
        "operation %s (%s) was cancelled".formatted(id, kind)
            + (undone.isEmpty() ? "" : "; " + undone));
  }

  static BangerException asBangerException(Throwable failure) {
    return switch (failure) {
      case BangerException known -> known;
      case InterruptedException _ ->
          new BangerException(ErrorKind.UNAVAILABLE, "interrupted: the daemon is stopping");
      default ->
          new BangerException(
              ErrorKind.INTERNAL,
              "a defect in banger: " + failure,
              "please report it with the daemon's log: banger daemon logs",
              List.of(),
              failure);
    };
  }

  public synchronized View view() {
    State state;
    Optional<BangerException> error = Optional.empty();
    if (!result.isDone()) {
      state = State.RUNNING;
    } else if (result.isCompletedExceptionally()) {
      state = cancelled ? State.CANCELLED : State.FAILED;
      error = Optional.of(asBangerException(result.exceptionNow()));
    } else {
      state = State.DONE;
    }
    return new View(
        id, kind, vm, state, startedAt, Optional.ofNullable(endedAt), List.copyOf(stages), error);
  }
}
