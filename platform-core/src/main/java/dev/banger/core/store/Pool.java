package dev.banger.core.store;

import java.util.OptionalLong;
import java.util.function.LongPredicate;

/**
 * Hands out numbers in rotation: the search for a free one begins after the last one given, so a
 * freed number rests until all others had their turn. A guest that is gone a moment ago may still
 * have clients, ARP entries or pinned host keys that must not meet the next one.
 *
 * @param first lowest number
 * @param last highest number, included
 */
record Pool(long first, long last) {
  OptionalLong next(long cursor, LongPredicate free) {
    long size = last - first + 1;
    long start = Math.floorMod(cursor - first + 1, size);
    for (long step = 0; step < size; step++) {
      long candidate = first + (start + step) % size;
      if (free.test(candidate)) {
        return OptionalLong.of(candidate);
      }
    }
    return OptionalLong.empty();
  }
}
