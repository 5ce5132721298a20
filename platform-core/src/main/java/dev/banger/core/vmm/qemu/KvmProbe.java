package dev.banger.core.vmm.qemu;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether KVM works here: not whether {@code /dev/kvm} exists, for nested hosts have one under
 * which firmware spins and Linux never prints. Only a guest that booted proves it.
 *
 * <p>The first launch with a kernel probes; the verdict is kept per host kernel, processor model,
 * QEMU version and guest kernel. Callers at the same time share one probe.
 */
final class KvmProbe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KvmProbe.class);

  /**
   * Some nested hosts offer the guest a register that they then refuse to set ("failed to set MSR
   * 0x10a"); QEMU gives up. Without the feature it starts.
   */
  private static final List<String> CPU_MODELS = List.of("host", "host,-arch-capabilities");

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** What can be said without booting anything. */
  sealed interface Access {
    record Usable() implements Access {}

    /**
     * @param reason a sentence
     * @param remedy what to do; may be empty
     */
    record Refused(String reason, String remedy) implements Access {}
  }

  private final ProbeGuest guest;
  private final ProbeCache cache;
  private final Path device;
  private final Duration deadline;
  private final Clock clock;
  private final Map<String, CompletableFuture<KvmVerdict>> running = new ConcurrentHashMap<>();
  private final Set<Thread> probing = ConcurrentHashMap.newKeySet();

  KvmProbe(ProbeGuest guest, ProbeCache cache, Path device, Duration deadline, Clock clock) {
    this.guest = guest;
    this.cache = cache;
    this.device = device;
    this.deadline = deadline;
    this.clock = clock;
  }

  Access access() {
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
  Optional<KvmVerdict> known(String qemuVersion) {
    return cache.newest(hostKey(qemuVersion));
  }

  /** Whether {@link #probe} would answer at once. */
  boolean isKnown(String qemuVersion, Path kernel) {
    return cache.find(hostKey(qemuVersion) + kernelKey(kernel)).isPresent();
  }

  /**
   * Probes, unless the verdict is known. Takes up to twice the probe's deadline where KVM is
   * broken.
   *
   * @throws BangerException of kind TIMEOUT when {@code limit} passes first; the probe goes on and
   *     its verdict will be known to the next caller
   */
  KvmVerdict probe(Path qemu, String qemuVersion, Path kernel, Duration limit)
      throws InterruptedException {
    String key = hostKey(qemuVersion) + kernelKey(kernel);
    Optional<KvmVerdict> known = cache.find(key);
    if (known.isPresent()) {
      return known.get();
    }
    CompletableFuture<KvmVerdict> mine = new CompletableFuture<>();
    CompletableFuture<KvmVerdict> first = running.putIfAbsent(key, mine);
    if (first == null) {
      Thread thread =
          Thread.ofVirtual().name("kvm-probe").unstarted(() -> run(key, qemu, kernel, mine));
      probing.add(thread);
      thread.start();
    }
    return await(first == null ? mine : first, limit);
  }

  /** Forgets all verdicts, for example because the host was repaired. */
  void forget() {
    cache.clear();
  }

  private void run(String key, Path qemu, Path kernel, CompletableFuture<KvmVerdict> result) {
    try {
      KvmVerdict verdict = cache.find(key).orElseGet(() -> boot(key, qemu, kernel));
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

  private KvmVerdict boot(String key, Path qemu, Path kernel) {
    String problem = "";
    try {
      for (String cpuModel : CPU_MODELS) {
        ProbeGuest.Attempt attempt =
            guest.boot(qemu, kernel, new Accelerator.Kvm(cpuModel), deadline);
        if (attempt.booted()) {
          return new KvmVerdict(key, true, cpuModel, "", clock.instant());
        }
        LOG.info("KVM with -cpu {} {}", cpuModel, attempt.problem());
        problem = attempt.problem();
        if (!attempt.problem().contains("MSR")) {
          break;
        }
      }
      return new KvmVerdict(key, false, "", problem, clock.instant());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(ErrorKind.HOST, "the KVM probe was interrupted");
    }
  }

  private static KvmVerdict await(CompletableFuture<KvmVerdict> probe, Duration limit)
      throws InterruptedException {
    try {
      return probe.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "the KVM probe did not finish within %d s".formatted(limit.toSeconds()),
          "try again, or set accel = \"tcg\" in the configuration",
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

  private static String hostKey(String qemuVersion) {
    return "linux %s | %s | qemu %s | "
        .formatted(System.getProperty("os.version"), processor(), qemuVersion);
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
