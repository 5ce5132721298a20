package dev.banger.agent;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the agent finds things.
 *
 * @param root the guest's root directory; another than {@code /} in tests
 * @param busybox the agent disk's own BusyBox, a static binary
 */
record Surroundings(Path root, String busybox) {
  static Surroundings fromProperties() {
    return new Surroundings(
        Path.of(System.getProperty("banger.agent.root", "/")),
        System.getProperty("banger.agent.busybox", "/run/banger/agent/bin/busybox"));
  }

  /** A file of the guest by its absolute path there. */
  Path file(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /** The guest's own tool of that name in the usual directories, or null. */
  String tool(String name) {
    for (String dir : CommandLookup.DEFAULT_PATH.split(":")) {
      Path candidate = file(dir).resolve(name);
      if (Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    return null;
  }
}
