package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.hooks.HostCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts the moments at which something can go wrong, each journal write and each call of the host
 * once before and once after, and makes it go wrong at one of them.
 */
final class Faults implements HostCalls {
  /** What is to happen. */
  private enum Mode {
    NOTHING,
    FAIL,
    CRASH,
    JITTER
  }

  /** The daemon is gone. An error, so that no plugin takes it for a failure to deal with. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String moment) {
      super("the daemon crashed " + moment, null, false, false);
    }
  }

  private final World world;
  private final List<String> moments = new ArrayList<>();
  private Mode mode = Mode.NOTHING;
  private int at;
  private boolean counting;
  private boolean onlyBefore;
  private boolean crashed;

  Faults(World world) {
    this.world = world;
  }

  /** Counts from now on. */
  synchronized void count() {
    moments.clear();
    counting = true;
  }

  /** The host fails at that moment, of those of the host; once. */
  synchronized void failAt(int moment) {
    arm(Mode.FAIL, moment);
  }

  /** From that moment on nothing answers any more. */
  synchronized void crashAt(int moment) {
    arm(Mode.CRASH, moment);
  }

  /**
   * The same, of the moments before something alone: after one and before the next differ only in
   * what a plugin does by itself in between.
   */
  synchronized void crashBefore(int moment) {
    crashAt(moment);
    onlyBefore = true;
  }

  /** Everything takes a little while, never the same. */
  synchronized void jitter() {
    mode = Mode.JITTER;
  }

  private void arm(Mode wanted, int moment) {
    count();
    mode = wanted;
    at = moment;
    onlyBefore = false;
  }

  /** Nothing more goes wrong, and nothing is counted. */
  synchronized void rest() {
    mode = Mode.NOTHING;
    counting = false;
  }

  /** What was counted, in order: {@code before run nft}. */
  synchronized List<String> moments() {
    return List.copyOf(moments);
  }

  /** Of the moments counted, those of the host. */
  synchronized List<String> hostMoments() {
    return moments.stream().filter(moment -> !moment.contains("journal")).toList();
  }

  synchronized boolean crashed() {
    return crashed;
  }

  @Override
  public void before(String pluginId, String call) {
    moment("before " + call);
  }

  @Override
  public void after(String pluginId, String call, long nanos) {
    moment("after " + call);
  }

  /** The daemon has to be there for this. */
  synchronized void alive() {
    if (crashed) {
      throw new Crash("before this");
    }
  }

  void moment(String what) {
    if (happens(what)) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(200_000));
    }
  }

  private synchronized boolean happens(String what) {
    alive();
    if (mode == Mode.JITTER) {
      return true;
    }
    if (!counting) {
      return false;
    }
    if (onlyBefore && !what.startsWith("before")) {
      return false;
    }
    moments.add(what);
    switch (mode) {
      case FAIL -> {
        if (!what.contains("journal") && hostMoments().size() - 1 == at) {
          mode = Mode.NOTHING;
          throw new CapabilityException(FailureKind.HOST, "the host was made to fail " + what);
        }
      }
      case CRASH -> {
        if (moments.size() - 1 == at) {
          crashed = true;
          world.freeze();
          throw new Crash(what);
        }
      }
      case NOTHING, JITTER -> {}
    }
    return false;
  }
}
