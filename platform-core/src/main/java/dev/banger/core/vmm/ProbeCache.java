package dev.banger.core.vmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verdicts on disk, the newest last. A file that cannot be read counts as none: the price is a
 * probe. Thread-safe.
 */
public final class ProbeCache {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeCache.class);

  /** A host that was merely busy gets another chance; KVM that works stays believed. */
  public static final Duration FAILURE_LIFETIME = Duration.ofHours(24);

  private static final int MAX_VERDICTS = 32;
  private static final int MAX_BYTES = 256 * 1024;

  private final Path file;
  private final Clock clock;
  private List<KvmVerdict> verdicts;

  public ProbeCache(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  synchronized Optional<KvmVerdict> find(String key) {
    return newestOf(key::equals);
  }

  /** The newest on this host, whatever the guest kernel. */
  synchronized Optional<KvmVerdict> newest(String hostKey) {
    return newestOf(key -> key.startsWith(hostKey));
  }

  synchronized void put(KvmVerdict verdict) {
    List<KvmVerdict> next = new ArrayList<>(load());
    next.removeIf(v -> v.key().equals(verdict.key()));
    next.add(verdict);
    verdicts = List.copyOf(next.subList(Math.max(0, next.size() - MAX_VERDICTS), next.size()));
    save();
  }

  /**
   * Forgets everything, so that the next launch probes.
   *
   * @return whether there was anything
   */
  synchronized boolean clear() {
    if (load().isEmpty()) {
      return false;
    }
    verdicts = List.of();
    save();
    return true;
  }

  /** The newest verdict whose key matches, unless it has expired. */
  private Optional<KvmVerdict> newestOf(Predicate<String> wanted) {
    Instant oldest = clock.instant().minus(FAILURE_LIFETIME);
    return load().reversed().stream()
        .filter(v -> v.works() || v.at().isAfter(oldest))
        .filter(v -> wanted.test(v.key()))
        .findFirst();
  }

  private List<KvmVerdict> load() {
    if (verdicts == null) {
      verdicts = read();
    }
    return verdicts;
  }

  private List<KvmVerdict> read() {
    try {
      if (!Files.exists(file)) {
        return List.of();
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("larger than " + MAX_BYTES + " bytes");
      }
      byte[] bytes = Files.readAllBytes(file);
      Object list = PlainJson.readObject(bytes, bytes.length).get("verdicts");
      List<KvmVerdict> read = new ArrayList<>();
      if (list instanceof List<?> items) {
        for (Object item : items) {
          read.add(verdict(item));
        }
      }
      return List.copyOf(read);
    } catch (IOException | DateTimeException e) {
      LOG.warn("ignoring {}: {}", file, e.getMessage());
      return List.of();
    }
  }

  private static KvmVerdict verdict(Object item) {
    boolean works = item instanceof Map<?, ?> map && Boolean.TRUE.equals(map.get("works"));
    return new KvmVerdict(
        PlainJson.text(item, "key"),
        works,
        PlainJson.text(item, "cpuModel"),
        PlainJson.text(item, "problem"),
        Instant.parse(PlainJson.text(item, "at")));
  }

  private void save() {
    List<Map<String, Object>> items = new ArrayList<>();
    for (KvmVerdict verdict : verdicts) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("key", verdict.key());
      item.put("works", verdict.works());
      item.put("cpuModel", verdict.cpuModel());
      item.put("problem", verdict.problem());
      item.put("at", verdict.at().toString());
      items.add(item);
    }
    try {
      Files.createDirectories(file.getParent());
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.write(fresh, PlainJson.write(Map.of("verdicts", items)));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("cannot keep the result of the KVM probe in {}: {}", file, e.getMessage());
    }
  }
}
