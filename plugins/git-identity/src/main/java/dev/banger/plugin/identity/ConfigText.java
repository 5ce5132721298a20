package dev.banger.plugin.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file in git's configuration format, in which values of the section {@code user} can be changed
 * and everything else stays as it is. One char for each byte.
 */
final class ConfigText {
  private final String text;
  private final int start;
  private final List<ConfigEntry> entries;

  private ConfigText(String text, int start, List<ConfigEntry> entries) {
    this.text = text;
    this.start = start;
    this.entries = entries;
  }

  /**
   * @throws MalformedConfig as git would refuse it, too
   */
  static ConfigText parse(String text) throws MalformedConfig {
    // Git skips the byte order mark that some editors write.
    int start = text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
    return new ConfigText(text, start, new ConfigScanner(text, start).entries());
  }

  /** The value that counts, the last one, if there is any; empty for a key without a value. */
  Optional<String> user(String key) {
    return entry(key).map(ConfigEntry::value);
  }

  private Optional<ConfigEntry> entry(String key) {
    return entries.stream()
        .filter(entry -> entry.section().equals("user") && entry.key().equals(key))
        .reduce((_, last) -> last);
  }

  /**
   * The same with these values in the section {@code user}. What is there is replaced in its place;
   * what is not comes first in the file, so that everything after it goes before it.
   */
  String withUser(Map<String, String> values) {
    Map<String, String> missing = new LinkedHashMap<>();
    Map<ConfigEntry, String> replaced = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          String line = key + " = " + quoted(value);
          entry(key)
              .ifPresentOrElse(there -> replaced.put(there, line), () -> missing.put(key, line));
        });
    StringBuilder changed = new StringBuilder(text);
    List<ConfigEntry> places = new ArrayList<>(replaced.keySet());
    places.sort(Collections.reverseOrder(Comparator.comparingInt(ConfigEntry::start)));
    for (ConfigEntry place : places) {
      changed.replace(place.start(), place.end(), replaced.get(place));
    }
    if (!missing.isEmpty()) {
      StringBuilder section = new StringBuilder("[user]\n");
      missing.values().forEach(line -> section.append('\t').append(line).append('\n'));
      changed.insert(start, section);
    }
    return changed.toString();
  }

  /** So that blanks at the ends, comment characters, quotes and line ends are part of it. */
  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\b' -> quoted.append("\\b");
        default -> quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
