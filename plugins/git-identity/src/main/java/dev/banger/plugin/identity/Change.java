package dev.banger.plugin.identity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of an identity goes into a configuration.
 *
 * @param ours values to be there, by their keys
 * @param theirs keys whose values somebody else has changed since they were written
 * @param isMade whether all of {@code ours} is there already
 */
record Change(Map<String, String> ours, List<String> theirs, boolean isMade) {
  /**
   * @param before what was written so far; empty when nothing ever was
   */
  static Change of(Identity identity, ConfigText text, Optional<Written> before) {
    Map<String, String> ours = new LinkedHashMap<>();
    List<String> theirs = new ArrayList<>();
    boolean made = true;
    for (Map.Entry<String, String> entry : identity.entries().entrySet()) {
      String key = entry.getKey();
      Optional<String> there = text.user(key);
      boolean same = there.filter(entry.getValue()::equals).isPresent();
      if (!same && there.isPresent() && before.isPresent() && !before.get().has(key, there.get())) {
        theirs.add("user." + key);
      } else {
        ours.put(key, entry.getValue());
        made &= same;
      }
    }
    return new Change(ours, theirs, made);
  }
}
