package dev.banger.api;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Running tools of the host, as the daemon's user. Needs {@link Permission#hostTool} for each tool.
 */
public interface HostTools {
  /**
   * Runs a tool to its end, whatever its exit code; when the deadline passes, it and its
   * descendants are killed and {@code TIMEOUT} is thrown.
   *
   * @throws CapabilityException of kind {@code UNAVAILABLE} when the tool is not installed
   */
  ToolResult run(ToolCall call) throws InterruptedException;

  /** Where a declared tool is, if it is installed. */
  Optional<Path> find(String tool);
}
