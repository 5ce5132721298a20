package dev.banger.core.config;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tomlj.TomlPosition;

/** Everything that is wrong with one file, told in one answer. */
final class ConfigProblems {
  private static final int SHOWN = 50;

  private final Path file;
  private final List<Problem> problems = new ArrayList<>();

  private record Problem(int line, int column, String message) {
    String text() {
      return line == 0 ? message : "line %d, column %d: %s".formatted(line, column, message);
    }
  }

  ConfigProblems(Path file) {
    this.file = file;
  }

  void add(TomlPosition at, String message) {
    problems.add(
        at == null ? new Problem(0, 0, message) : new Problem(at.line(), at.column(), message));
  }

  void add(String message) {
    add(null, message);
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /** Throws when there are any. */
  void insistOnNone() {
    if (problems.isEmpty()) {
      return;
    }
    List<String> lines =
        problems.stream()
            .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
            .map(Problem::text)
            .limit(SHOWN)
            .toList();
    if (problems.size() == 1) {
      throw refusal(file + ", " + lines.getFirst(), List.of());
    }
    throw refusal(file + " has " + problems.size() + " problems", lines);
  }

  private BangerException refusal(String message, List<String> details) {
    return new BangerException(
        ErrorKind.INVALID, message, "mend " + file + ", then: banger config check", details, null);
  }
}
