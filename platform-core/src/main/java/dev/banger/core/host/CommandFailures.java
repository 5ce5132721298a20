package dev.banger.core.host;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;

/** Words a failed command the same way everywhere. */
final class CommandFailures {
  private static final int SHOWN_LINES = 8;

  private CommandFailures() {}

  static BangerException failed(Commands.Call call, Commands.Result result) {
    List<String> lines = result.stderr().lines().toList();
    List<String> tail = lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
    String last = tail.isEmpty() ? "" : ": " + tail.getLast().strip();
    return new BangerException(
        ErrorKind.HOST,
        "%s failed with exit code %d%s".formatted(call.argv().getFirst(), result.exitCode(), last),
        "",
        tail,
        null);
  }
}
