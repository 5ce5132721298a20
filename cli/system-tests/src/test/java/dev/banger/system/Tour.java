package dev.banger.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A document with a terminal session in it, in {@code console} blocks: {@code $ } begins a command,
 * {@code > } continues it, and all other lines are what it printed, to the letter but for what
 * differs from run to run ({@link #lasting}).
 */
final class Tour {
  /**
   * One command.
   *
   * @param line of the document that it begins on, counted from 0
   * @param end the line after its output
   */
  record Step(int line, int outputLine, int end, String command, List<String> printed) {}

  private static final String MARK = "~~~ ended:";
  private static final String FENCE = "```";

  private final Path document;
  private final List<String> lines;
  private final List<Step> steps = new ArrayList<>();

  Tour(Path document) throws IOException {
    this.document = document;
    this.lines = Files.readAllLines(document);
    for (int at = 0; at < lines.size(); at++) {
      if (lines.get(at).equals(FENCE + "console")) {
        at = readBlock(at + 1);
      }
    }
  }

  private int readBlock(int from) {
    int at = from;
    while (!lines.get(at).equals(FENCE)) {
      if (!lines.get(at).startsWith("$ ")) {
        throw new AssertionError("line " + (at + 1) + " belongs to no command");
      }
      int line = at;
      StringBuilder command = new StringBuilder(lines.get(at).substring(2));
      at++;
      while (lines.get(at).startsWith("> ")) {
        command.append('\n').append(lines.get(at).substring(2));
        at++;
      }
      int output = at;
      while (!lines.get(at).startsWith("$ ") && !lines.get(at).equals(FENCE)) {
        at++;
      }
      steps.add(
          new Step(line, output, at, command.toString(), List.copyOf(lines.subList(output, at))));
    }
    return at;
  }

  List<Step> steps() {
    return steps;
  }

  /** All of it as one script for bash; it goes on whatever a command's exit code is. */
  String script() {
    StringBuilder script = new StringBuilder("exec 2>&1 </dev/null\n");
    for (int i = 0; i < steps.size(); i++) {
      // The exit code lasts until the next command: a tour may show it.
      script
          .append(steps.get(i).command())
          .append("\n{ code=$?; printf '\\n%s %d\\n' '" + MARK + "' ")
          .append(i)
          .append("; (exit \"$code\"); }\n");
    }
    return script.toString();
  }

  /** What each command printed, in lines. */
  List<List<String>> outputs(String all) {
    List<List<String>> outputs = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < steps.size(); i++) {
      int mark = all.indexOf("\n%s %d\n".formatted(MARK, i), from);
      if (mark < 0) {
        break;
      }
      // The mark stands behind a line break of its own.
      outputs.add(all.substring(from, Math.max(from, mark)).lines().toList());
      from = all.indexOf('\n', mark + 1) + 1;
    }
    return outputs;
  }

  private record Passing(Pattern pattern, String name) {
    static Passing of(String pattern, String name) {
      return new Passing(Pattern.compile(pattern), name);
    }
  }

  private static final List<Passing> PASSING =
      List.of(
          Passing.of("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "TIME"),
          Passing.of("\\b(?=[0-9a-f]*[0-9])[0-9a-f]{8,32}\\b", "ID"),
          Passing.of("\\bop-\\d+", "OP"),
          Passing.of("\\+(tcg|kvm)\\b", "+ACCEL"),
          Passing.of("\\b\\d+\\.\\d+\\.\\d+-[\\w.+-]*\\w", "KERNEL"),
          Passing.of("\\b127\\.77\\.\\d+\\.\\d+", "ADDRESS"),
          Passing.of("/tmp/bgr\\w+|/home/you/[.]banger", "HOME"),
          Passing.of("\\b(pid|pipe) +\\d+", "PID"),
          Passing.of("\\b\\d+ min( \\d+ s)?", "TOOK"),
          Passing.of("\\b\\d+(\\.\\d+)? (ms|s|min|h)\\b", "TOOK"),
          Passing.of("\\b\\d+(\\.\\d+)? ?%", "SHARE"),
          Passing.of("\\b\\d+(\\.\\d+)? (B|KiB|MiB|GiB)(?![\\w])", "SIZE"),
          Passing.of(" {2,}", "  "));

  /** Where there is KVM, or none, nothing has to be tried out. */
  private static final String PROBE = "  probe_kvm ";

  /** Lines without what differs from run to run and from host to host. */
  static List<String> lasting(List<String> lines) {
    return lines.stream().filter(line -> !line.startsWith(PROBE)).map(Tour::lasting).toList();
  }

  /** A line without what differs from run to run: times, addresses, sizes, and column widths. */
  private static String lasting(String line) {
    String left = line.strip();
    for (Passing each : PASSING) {
      left = each.pattern.matcher(left).replaceAll(each.name);
    }
    return left;
  }

  /** Puts what was printed now into the document. */
  void record(List<List<String>> outputs) throws IOException {
    List<String> fresh = new ArrayList<>(lines);
    for (int i = steps.size() - 1; i >= 0; i--) {
      Step step = steps.get(i);
      List<String> place = fresh.subList(step.outputLine(), step.end());
      place.clear();
      for (String line : outputs.get(i)) {
        place.add(line.stripTrailing().replaceAll("/tmp/bgr\\w+", "/home/you/.banger"));
      }
    }
    Files.write(document, fresh);
  }
}
