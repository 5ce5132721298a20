package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/** What one command did. */
record Ran(List<String> arguments, int exitCode, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** This, if the exit code is {@code expected}; else a failure that shows everything. */
  Ran exited(int expected) {
    assertThat(exitCode).as("%s", this).isEqualTo(expected);
    return this;
  }

  Ran ok() {
    return exited(0);
  }

  /** Standard output as one JSON document. */
  JsonNode json() {
    try {
      return JSON.readTree(out);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + this, e);
    }
  }

  /** Standard output as JSON Lines. */
  List<JsonNode> jsonLines() {
    return out.lines()
        .filter(line -> !line.isBlank())
        .map(line -> new Ran(arguments, exitCode, line, err).json())
        .toList();
  }

  @Override
  public String toString() {
    return "banger %s: exit %d%n--- out%n%s--- err%n%s"
        .formatted(String.join(" ", arguments), exitCode, out, err);
  }
}
