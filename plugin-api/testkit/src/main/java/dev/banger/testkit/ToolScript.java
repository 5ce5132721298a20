package dev.banger.testkit;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.util.Map;

/** What a tool of the fake host does instead of being run. */
@FunctionalInterface
public interface ToolScript {
  /** One run; calls come one at a time. */
  ToolResult run(ToolCall call);

  /** What its runs have changed so far, by name: part of a {@link World}'s snapshot. */
  default Map<String, String> state() {
    return Map.of();
  }
}
