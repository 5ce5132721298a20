package dev.banger.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The network namespaces of a guest, each by one of its processes. */
final class NetworkSpaces {
  /** More containers than one guest runs in earnest. */
  private static final int MOST = 64;

  private NetworkSpaces() {}

  /** {@code /proc/PID/net} of one process in each namespace that is not the agent's own. */
  static List<Path> others(Processes processes) {
    List<Path> others = new ArrayList<>();
    Set<String> known = new HashSet<>();
    known.add(name(processes.directory("self")));
    known.add("");
    for (long pid : processes.all()) {
      Path process = processes.directory(Long.toString(pid));
      if (known.add(name(process))) {
        others.add(process.resolve("net"));
        if (others.size() == MOST) {
          break;
        }
      }
    }
    return others;
  }

  private static String name(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/net")).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
