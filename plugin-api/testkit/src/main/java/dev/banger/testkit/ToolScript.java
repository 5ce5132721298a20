package dev.banger.testkit;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;

/** What a tool of the fake host does instead of being run. */
@FunctionalInterface
public interface ToolScript {
  /** One run; calls come one at a time. */
  ToolResult run(ToolCall call);
}
