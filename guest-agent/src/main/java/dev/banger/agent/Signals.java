package dev.banger.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sends signals with BusyBox's kill. */
final class Signals {
  static final int HUP = 1;
  static final int KILL = 9;
  private static final long SECONDS = 10;
  private static final Path PROC = Path.of("/proc");

  private final Surroundings surroundings;

  Signals(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * To the process group of that leader; to the leader alone when it has not made its group yet.
   */
  void group(int signal, long leader) throws IOException, InterruptedException {
    if (kill(signal, List.of("-" + leader)) != 0) {
      kill(signal, List.of(Long.toString(leader)));
    }
  }

  /**
   * To every process of that leader's session: a shell on a terminal gives each job a group of its
   * own. Returns whether there was any.
   */
  boolean session(int signal, long leader) throws IOException, InterruptedException {
    List<String> members = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (sessionOf(process) == leader) {
          members.add(process.getFileName().toString());
        }
      }
    }
    if (!members.isEmpty()) {
      kill(signal, members);
    }
    return !members.isEmpty();
  }

  private int kill(int signal, List<String> targets) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(surroundings.busybox());
    line.add("kill");
    line.add("-" + signal);
    line.addAll(targets);
    return Tool.run(SECONDS, line).code();
  }

  /** Field 6 of /proc/PID/stat; fields are counted behind the name, which may hold anything. */
  private static long sessionOf(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[3]);
    } catch (IOException | RuntimeException e) {
      return -1; // it has ended meanwhile
    }
  }
}
