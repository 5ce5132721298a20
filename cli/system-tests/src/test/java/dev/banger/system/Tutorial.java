package dev.banger.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a document tells its reader to do: {@code console} blocks are typed, {@code diff} blocks are
 * applied to the project they were written for. Other blocks are only looked at.
 *
 * <p>In a console block {@code $ } begins a command, {@code > } continues it; every other line is
 * to be found in what the command prints, in this order. {@code ...} stands for anything on that
 * line.
 */
record Tutorial(List<Step> steps) {
  /**
   * One thing to do.
   *
   * @param line in the document, for messages
   * @param command for a shell
   * @param expected lines of its output
   */
  record Step(int line, String command, List<String> expected) {
    /** What is missing from the output; empty when nothing is. */
    List<String> missingIn(String output) {
      List<String> missing = new ArrayList<>();
      List<String> lines = output.lines().toList();
      int from = 0;
      for (String fragment : expected) {
        Pattern pattern = pattern(fragment);
        int at = from;
        while (at < lines.size() && !pattern.matcher(lines.get(at)).find()) {
          at++;
        }
        if (at == lines.size()) {
          missing.add(fragment);
        } else {
          from = at + 1;
        }
      }
      return missing;
    }

    private static Pattern pattern(String fragment) {
      StringBuilder pattern = new StringBuilder();
      for (String part : fragment.split("\\.\\.\\.", -1)) {
        pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
      }
      return Pattern.compile(pattern.toString());
    }
  }

  static Tutorial read(Path document) throws IOException {
    List<Step> steps = new ArrayList<>();
    List<String> lines = Files.readAllLines(document);
    for (int at = 0; at < lines.size(); at++) {
      if (lines.get(at).startsWith("```")) {
        String kind = lines.get(at).substring(3).strip();
        int end = at + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        List<String> block = lines.subList(at + 1, end);
        switch (kind) {
          case "console" -> steps.addAll(typed(block, at + 2));
          case "diff" -> steps.add(applied(block, at + 2));
          default -> {
            // For the eye.
          }
        }
        at = end;
      }
    }
    return new Tutorial(steps);
  }

  private static List<Step> typed(List<String> block, int firstLine) {
    List<Step> steps = new ArrayList<>();
    for (int at = 0; at < block.size(); at++) {
      if (!block.get(at).startsWith("$ ")) {
        throw new AssertionError("line " + (firstLine + at) + " belongs to no command");
      }
      int line = firstLine + at;
      StringBuilder command = new StringBuilder(block.get(at).substring(2));
      while (at + 1 < block.size() && block.get(at + 1).startsWith("> ")) {
        at++;
        command.append('\n').append(block.get(at).substring(2));
      }
      List<String> expected = new ArrayList<>();
      while (at + 1 < block.size() && !block.get(at + 1).startsWith("$ ")) {
        at++;
        expected.add(block.get(at));
      }
      steps.add(new Step(line, command.toString(), expected));
    }
    return steps;
  }

  private static Step applied(List<String> block, int line) {
    return new Step(
        line,
        "git apply - <<'END OF DIFF'\n" + String.join("\n", block) + "\nEND OF DIFF",
        List.of());
  }

  /**
   * All of it as one script for bash, so that directories and variables last from command to
   * command. It ends at the first command that fails; behind each command's output stands a line of
   * its own, see {@link #outputs}.
   */
  String script() {
    StringBuilder script = new StringBuilder("exec 2>&1 </dev/null\n");
    for (int i = 0; i < steps.size(); i++) {
      script
          .append(steps.get(i).command())
          .append("\ncode=$?; printf '\\n%s %d %d\\n' '" + MARK + "' ")
          .append(i)
          .append(" \"$code\"; [ \"$code\" -eq 0 ] || exit \"$code\"\n");
    }
    return script.toString();
  }

  private static final String MARK = "~~~ ended:";

  /** What each command printed, those that ran. */
  List<String> outputs(String all) {
    List<String> outputs = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < steps.size(); i++) {
      int mark = all.indexOf("\n%s %d ".formatted(MARK, i), from);
      if (mark < 0) {
        break;
      }
      outputs.add(all.substring(from, mark));
      from = all.indexOf('\n', mark + 1) + 1;
    }
    return outputs;
  }
}
