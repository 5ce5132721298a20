package dev.banger.hooks;

import java.util.List;
import java.util.Optional;

/** The plugins there are at the moment. Thread-safe. */
public interface Participants {
  /** The active ones, as they are now; none of them is unloaded until the result is closed. */
  Held hold();

  /** Plugins that stay. */
  interface Held extends AutoCloseable {
    /** In the order in which they were started: a plugin comes after those it requires. */
    List<Participant> active();

    /**
     * Who stops what a version of a plugin has started: that version while it is there, also when
     * it is no longer active; else the active version.
     */
    Optional<Participant> keeperOf(String pluginId, String digest);

    @Override
    void close();
  }
}
