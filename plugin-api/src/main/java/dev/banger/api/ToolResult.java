package dev.banger.api;

/**
 * How a host tool ended.
 *
 * @param exitCode 128 + n when killed by signal n
 * @param stdout at most its last 64 KiB, as UTF-8; empty when it was sent elsewhere
 * @param stderr at most its last 64 KiB, as UTF-8
 */
public record ToolResult(int exitCode, String stdout, String stderr) {
  public boolean ok() {
    return exitCode == 0;
  }
}
