package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;
import java.util.stream.Stream;

/** Runs {@code dmsetup} and {@code losetup}, and words how they fail. */
final class DiskTools {
  private final Commands commands;

  DiskTools(Commands commands) {
    this.commands = commands;
  }

  Commands commands() {
    return commands;
  }

  Commands.Result run(TimeLeft time, String... argv) {
    return run(Commands.Call.of(time.left(), argv));
  }

  Commands.Result run(TimeLeft time, List<String> argv) {
    return run(Commands.Call.of(time.left(), argv));
  }

  Commands.Result run(Commands.Call call) {
    try {
      return commands.run(call);
    } catch (InterruptedException e) {
      throw DiskFailures.interrupted("root disk", e);
    }
  }

  static List<String> words(List<String> first, List<String> more) {
    return Stream.concat(first.stream(), more.stream()).toList();
  }

  /** These tools exit with 1 for everything; what they print is all there is. */
  static boolean isBusy(Commands.Result result) {
    return result.stderr().contains("Device or resource busy");
  }

  static BangerException failed(String what, Commands.Result result) {
    List<String> lines = result.stderr().lines().filter(line -> !line.isBlank()).toList();
    return new BangerException(
        ErrorKind.HOST,
        lines.isEmpty()
            ? "%s: exit code %d".formatted(what, result.exitCode())
            : "%s: %s".formatted(what, lines.getFirst().strip()),
        "see what the kernel says: dmesg | tail; and the devices: dmsetup ls, losetup -a",
        lines.subList(0, Math.min(lines.size(), 8)),
        null);
  }
}
