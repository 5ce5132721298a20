package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.PlainRecords;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;

/**
 * A plugin's store in memory, with the limits of the real one for keys and values. Values are kept
 * as the trees they are stored as, so a value that cannot be read back fails here too.
 */
public final class MemoryStore implements PluginStore {
  private static final Pattern KEY = Pattern.compile("[!-~]{1,200}");
  private static final int MAX_VALUE = 64 * 1024;
  private static final int MAX_VALUES = 10_000;

  /** By owner (empty: the plugin itself), a blank, and key. */
  private final ConcurrentNavigableMap<String, Map<String, Object>> values;

  private final String owner;

  /** An empty store. */
  public MemoryStore() {
    this(new ConcurrentSkipListMap<>(), "");
  }

  private MemoryStore(ConcurrentNavigableMap<String, Map<String, Object>> values, String owner) {
    this.values = values;
    this.owner = owner;
  }

  @Override
  public <T extends Record> Optional<T> get(String key, Class<T> type) {
    Map<String, Object> fields = values.get(place(key));
    if (fields == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(PlainRecords.fromTree(type, fields));
    } catch (IllegalArgumentException e) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "what is stored as \"%s\" does not fit: %s".formatted(key, e.getMessage()),
          "",
          e);
    }
  }

  @Override
  public void put(String key, Record value) {
    String place = place(key);
    PlainRecords.check(value.getClass());
    Map<String, Object> fields = PlainRecords.toTree(value);
    int size = JsonText.compact(fields).getBytes(StandardCharsets.UTF_8).length;
    if (size > MAX_VALUE) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "the value of \"%s\" is %d bytes; at most %d are stored".formatted(key, size, MAX_VALUE));
    }
    if (values.size() >= MAX_VALUES && !values.containsKey(place)) {
      throw new CapabilityException(
          FailureKind.CONFLICT, "%d values are stored already".formatted(MAX_VALUES));
    }
    values.put(place, fields);
  }

  @Override
  public void delete(String key) {
    values.remove(place(key));
  }

  @Override
  public List<String> keys(String prefix) {
    return values.keySet().stream()
        .filter(place -> place.startsWith(owner + " " + prefix))
        .map(place -> place.substring(owner.length() + 1))
        .toList();
  }

  @Override
  public PluginStore of(VmView vm) {
    return new MemoryStore(values, vm.id());
  }

  /** The VM was deleted. */
  public void drop(VmView vm) {
    values.keySet().removeIf(place -> place.startsWith(vm.id() + " "));
  }

  /** Everything in it as text, by VM (empty: none), a blank, and key. */
  public Map<String, String> contents() {
    Map<String, String> contents = new TreeMap<>();
    values.forEach((place, fields) -> contents.put(place, JsonText.compact(fields)));
    return contents;
  }

  private String place(String key) {
    if (!KEY.matcher(key).matches()) {
      throw new CapabilityException(
          FailureKind.INVALID, "a key is 1 to 200 printable letters, not \"" + key + "\"");
    }
    return owner + " " + key;
  }
}
