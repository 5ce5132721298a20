package dev.banger.plugin.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was written into a guest's own configuration: by this it shows whether a value that is there
 * is the guest's. Both lists have one element, and two while a change is under way.
 */
record Written(List<String> name, List<String> email) {
  static final String KEY = "written";
  static final Written NOTHING = new Written(List.of(), List.of());

  Written {
    name = List.copyOf(name);
    email = List.copyOf(email);
  }

  boolean has(String key, String value) {
    return of(key).contains(value);
  }

  private List<String> of(String key) {
    return key.equals("name") ? name : email;
  }

  /** These as well. */
  Written and(Map<String, String> values) {
    return new Written(both(name, values.get("name")), both(email, values.get("email")));
  }

  private static List<String> both(List<String> before, String value) {
    List<String> all = new ArrayList<>(before);
    if (value != null && !before.contains(value)) {
      all.add(value);
    }
    return all;
  }

  /** These instead of what was there of them. */
  Written but(Map<String, String> values) {
    return new Written(
        values.containsKey("name") ? List.of(values.get("name")) : name,
        values.containsKey("email") ? List.of(values.get("email")) : email);
  }
}
