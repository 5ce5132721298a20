package dev.banger.core.vmm;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Whether KVM works here: not whether {@code /dev/kvm} exists, for nested hosts have one under
 * which firmware spins and Linux never prints. Only a guest that booted proves it.
 *
 * <p>The first launch with a kernel probes; the verdict is kept per host kernel, processor model,
 * VMM version and guest kernel. Callers at the same time share one probe.
 */
public final class KvmProbe implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** How one VMM boots the probe. */
  public interface Boot {
    /** The VMM's name, for example {@code qemu}. */
    String vmm();

    /** What to do without waiting for the probe. */
    String wayOut();

    /**
     * Boots {@link ProbeInitramfs} under KVM and says what became of it.
     *
     * @param deadline for each try
     */
    Outcome boot(Path binary, Path kernel, Duration deadline) throws InterruptedException;
  }

  /**
   * @param cpuModel see {@link KvmVerdict}
   * @param problem a phrase; empty when it works
   */
  public record Outcome(boolean works, String cpuModel, String problem) {}

  /** What can be said without booting anything. */
  public sealed interface Access {
    record Usable() implements Access {}

    /**
     * @param reason a sentence
     * @param remedy what to do; may be empty
     */
    record Refused(String reason, String remedy) implements Access {}
  }

  private final Boot guest;
  private final ProbeCache cache;
  private final Path device;
  private final Duration deadline;
  private final Clock clock;
  private final Map<String, CompletableFuture<KvmVerdict>> running = new ConcurrentHashMap<>();
  private final Set<Thread> probing = ConcurrentHashMap.newKeySet();

  public KvmProbe(Boot guest, ProbeCache cache, Path device, Duration deadline, Clock clock) {
    this.guest = guest;
    this.cache = cache;
    this.device = device;
    this.deadline = deadline;
    this.clock = clock;
  }

  public Access access() {
    if (!Files.exists(device)) {
      return new Access.Refused(
          "there is no " + device,
          "switch on virtualization in the firmware and load kvm_intel or kvm_amd; inside a virtual"
              + " machine its host must allow nesting");
    }
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      return new Access.Refused(
          "%s may not open %s".formatted(System.getProperty("user.name"), device),
          "add the user to the group of the device and log in again: sudo usermod -aG kvm "
              + System.getProperty("user.name"));
    }
    return new Access.Usable();
  }

  /** The verdict that counts for this host, if some kernel has been probed. */
  public Optional<KvmVerdict> known(String version) {
    return cache.newest(hostKey(version));
  }

  /** Whether {@link #probe} would answer at once. */
  public boolean isKnown(String version, Path kernel) {
    return cache.find(hostKey(version) + kernelKey(kernel)).isPresent();
  }

  /**
   * Probes, unless the verdict is known. Takes up to twice the probe's deadline where KVM is
   * broken.
   *
   * @throws BangerException of kind TIMEOUT when {@code limit} passes first; the probe goes on and
   *     its verdict will be known to the next caller
   */
  public KvmVerdict probe(Path binary, String version, Path kernel, Duration limit)
      throws InterruptedException {
    String key = hostKey(version) + kernelKey(kernel);
    Optional<KvmVerdict> known = cache.find(key);
    if (known.isPresent()) {
      return known.get();
    }
    CompletableFuture<KvmVerdict> mine = new CompletableFuture<>();
    CompletableFuture<KvmVerdict> first = running.putIfAbsent(key, mine);
    if (first == null) {
      Thread thread =
          Thread.ofVirtual().name("kvm-probe").unstarted(() -> run(key, binary, kernel, mine));
      probing.add(thread);
      thread.start();
    }
    return await(first == null ? mine : first, limit);
  }

  /**
   * Forgets all verdicts, for example because the host was repaired.
   *
   * @return whether there were any
   */
  public boolean forget() {
    return cache.clear();
  }

  private void run(String key, Path binary, Path kernel, CompletableFuture<KvmVerdict> result) {
    try {
      KvmVerdict verdict = cache.find(key).orElseGet(() -> boot(key, binary, kernel));
      cache.put(verdict);
      result.complete(verdict);
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    } finally {
      running.remove(key, result);
      probing.remove(Thread.currentThread());
    }
  }

  /** Ends probes under way, which would otherwise outlive the daemon by some seconds. */
  @Override
  public void close() {
    List<Thread> open = List.copyOf(probing);
    open.forEach(Thread::interrupt);
    try {
      for (Thread thread : open) {
        thread.join(CLOSE_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private KvmVerdict boot(String key, Path binary, Path kernel) {
    try {
      Outcome outcome = guest.boot(binary, kernel, deadline);
      return new KvmVerdict(
          key, outcome.works(), outcome.cpuModel(), outcome.problem(), clock.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(ErrorKind.HOST, "the KVM probe was interrupted");
    }
  }

  private KvmVerdict await(CompletableFuture<KvmVerdict> probe, Duration limit)
      throws InterruptedException {
    try {
      return probe.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "the KVM probe did not finish within %d s".formatted(limit.toSeconds()),
          "try again, or " + guest.wayOut(),
          List.of(),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BangerException cause) {
        throw cause;
      }
      throw new BangerException(
          ErrorKind.HOST, "the KVM probe failed: " + e.getCause(), "", List.of(), e);
    }
  }

  private String hostKey(String version) {
    return "linux %s | %s | %s %s | "
        .formatted(System.getProperty("os.version"), processor(), guest.vmm(), version);
  }

  private static String kernelKey(Path kernel) {
    try {
      return "%s %d %s".formatted(kernel, Files.size(kernel), Files.getLastModifiedTime(kernel));
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot read the kernel " + kernel, "", List.of(), e);
    }
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown processor");
    } catch (IOException e) {
      return "unknown processor";
    }
  }
}
