package dev.banger.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One use of a command. Values were checked against the {@link CommandSpec}; asking for a name it
 * does not declare, or for another type, throws {@link IllegalArgumentException}.
 */
public interface CommandCall {
  /** The value of a required argument, or of one that has a default. */
  String text(String name);

  /** The value of an argument or option that may be missing. */
  Optional<String> find(String name);

  /** The values, in order, of what takes {@linkplain ValueSpec#many many}; empty for none. */
  List<String> list(String name);

  /** Whether a flag was given. */
  boolean flag(String name);

  /** The value of an integer that is required or has a default. */
  long integer(String name);

  /** A value of type {@code PATH}, made absolute against {@link #cwd}; not looked at yet. */
  Path path(String name);

  /** Absolute working directory of the caller; it may no longer exist. */
  Path cwd();

  Progress progress();

  /**
   * Sends a row, shown as it comes: as a table with the columns of the {@link CommandSpec}, or as a
   * line of JSON. Waits while whoever watches is slow.
   *
   * @param row see {@link CommandResult}
   * @throws IllegalStateException when the command is not of mode {@code LIVE}, and was not given
   *     the flag with which it is
   */
  void emit(Map<String, ?> row) throws InterruptedException;

  /**
   * The other end.
   *
   * @throws IllegalStateException when the command is not of mode {@code ATTACH}
   */
  TerminalStreams terminal();

  PluginContext context();

  default CapabilityHost host() {
    return context().host();
  }
}
