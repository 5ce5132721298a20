package dev.banger.plugin.sessions;

import dev.banger.api.GuestJob;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A session as people and programs are told of it. */
final class Words {
  /** By number (signal(7), x86-64 and arm64): those that end processes every day. */
  private static final Map<Integer, String> SIGNALS =
      new TreeMap<>(
          Map.of(
              1, "HUP", 2, "INT", 3, "QUIT", 6, "ABRT", 9, "KILL", 11, "SEGV", 13, "PIPE", 14,
              "ALRM", 15, "TERM"));

  private Words() {}

  static Map<String, Object> row(GuestJob job) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", job.id());
    row.put("state", state(job));
    row.put("mode", job.terminal() ? "tty" : "pipe");
    row.put("pid", job.pid() > 0 ? job.pid() : null);
    row.put("startedAt", job.startedAt().toString());
    row.put("endedAt", job.endedAt().map(Object::toString).orElse(null));
    row.put("exitCode", job.exitCode().isPresent() ? job.exitCode().getAsInt() : null);
    row.put("signal", signal(job));
    row.put("cwd", cwd(job));
    row.put("command", job.argv());
    row.put("commandLine", line(job.argv()));
    row.put("how", how(job));
    return row;
  }

  static Map<String, Object> details(GuestJob job) {
    Map<String, Object> details = row(job);
    details.put("env", job.envNames());
    details.put("stdout", kept(job.stdout()));
    details.put("stderr", kept(job.stderr()));
    details.put("inputBytes", job.inputBytes());
    details.put("inputOpen", job.inputOpen());
    details.put("connections", (long) job.connections());
    details.put("cursor", Cursor.end(job).toString());
    details.put("lastError", job.remark());
    return details;
  }

  private static Map<String, Object> kept(GuestJob.Kept kept) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("from", kept.from());
    fields.put("to", kept.to());
    return fields;
  }

  static String cwd(GuestJob job) {
    return job.cwd().isEmpty() ? "/root" : job.cwd();
  }

  static String state(GuestJob job) {
    return switch (job.state()) {
      case RUNNING -> "running";
      case ENDED -> "ended";
      case LOST -> "lost";
    };
  }

  /** Null unless a signal seems to have ended it: shells add 128 to its number. */
  static String signal(GuestJob job) {
    if (job.exitCode().isEmpty() || job.exitCode().getAsInt() <= 128) {
      return null;
    }
    return SIGNALS.get(job.exitCode().getAsInt() - 128);
  }

  /** How it ended, in a few words: {@code exit code 1}, {@code killed by TERM}; else empty. */
  static String how(GuestJob job) {
    return switch (job.state()) {
      case RUNNING -> "";
      case LOST -> "the guest went down";
      case ENDED -> {
        String signal = signal(job);
        yield signal == null
            ? "exit code " + (job.exitCode().isPresent() ? job.exitCode().getAsInt() : "unknown")
            : "killed by " + signal;
      }
    };
  }

  static String took(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return "%d.%d s".formatted(seconds, time.toMillisPart() / 100);
    }
    return seconds < 3600 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  /** For people, not for shells: words with blanks are quoted. */
  static String line(List<String> argv) {
    return String.join(
        " ",
        argv.stream()
            .map(word -> word.isEmpty() || word.contains(" ") ? "'" + word + "'" : word)
            .toList());
  }
}
