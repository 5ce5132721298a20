package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * When VMs were last used, by what, and what uses them now. What lasts, such as a command in a
 * guest, is a use from its beginning to its end, whether anything moves or not. In memory only.
 * Thread-safe.
 */
public final class VmUses {
  private static final int MOST_NAMED = 20;

  /**
   * What is known of one VM.
   *
   * @param unusedFor since {@code lastUsed}, not counting the time that the host was asleep; zero
   *     while it is used
   * @param now what uses it now, the first 20
   */
  public record Usage(Instant lastUsed, String by, Duration unusedFor, List<String> now) {}

  /** One use. Closing it again does nothing. */
  public final class Use implements AutoCloseable {
    private final VmId vm;
    private final String by;

    private Use(VmId vm, String by) {
      this.vm = vm;
      this.by = by;
    }

    @Override
    public void close() {
      end(this);
    }
  }

  private static final class Entry {
    /** What is open of a VM that does not run is about to fail, or to start it. */
    private boolean isLive;

    private long at;
    private String by = "";
    private final List<Use> open = new ArrayList<>();
  }

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<VmId, Entry> entries = new HashMap<>();

  public VmUses() {
    this(InstantSource.system(), System::nanoTime);
  }

  /**
   * @param nanos does not go on while the host sleeps: a laptop that was closed for a night has not
   *     used its VMs, nor left them alone
   */
  VmUses(InstantSource clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
  }

  /** It runs from now on; what was before is not known, or over. */
  synchronized void begin(VmId vm) {
    used(entries.computeIfAbsent(vm, _ -> new Entry()), "start").isLive = true;
  }

  /** It does not run any more. */
  synchronized void end(VmId vm) {
    Entry entry = entries.get(vm);
    if (entry != null) {
      entry.isLive = false;
      dropIfOver(vm, entry);
    }
  }

  private void dropIfOver(VmId vm, Entry entry) {
    if (!entry.isLive && entry.open.isEmpty()) {
      entries.remove(vm);
    }
  }

  /**
   * Begins a use; whoever began it closes it.
   *
   * @param by a short word for people, for example {@code exec}
   */
  public synchronized Use open(VmId vm, String by) {
    Use use = new Use(vm, by);
    used(entries.computeIfAbsent(vm, _ -> new Entry()), by).open.add(use);
    return use;
  }

  /** Notes a use that is over at once; nothing comes of one of a VM that does not run. */
  public synchronized void touch(VmId vm, String by) {
    Entry entry = entries.get(vm);
    if (entry != null) {
      var _ = used(entry, by);
    }
  }

  private Entry used(Entry entry, String by) {
    entry.at = nanos.getAsLong();
    entry.by = by;
    return entry;
  }

  private synchronized void end(Use use) {
    Entry entry = entries.get(use.vm);
    if (entry != null && entry.open.remove(use)) {
      var _ = used(entry, use.by);
      dropIfOver(use.vm, entry);
    }
  }

  /** Empty when it does not run. */
  public synchronized Optional<Usage> of(VmId vm) {
    return Optional.ofNullable(entries.get(vm))
        .filter(entry -> entry.isLive)
        .map(
            entry -> {
              Duration unused =
                  entry.open.isEmpty()
                      ? Duration.ofNanos(Math.max(0, nanos.getAsLong() - entry.at))
                      : Duration.ZERO;
              return new Usage(
                  clock.instant().minus(unused),
                  entry.by,
                  unused,
                  entry.open.stream().map(use -> use.by).distinct().limit(MOST_NAMED).toList());
            });
  }

  /** Of how many VMs something is known. */
  synchronized int count() {
    return entries.size();
  }
}
