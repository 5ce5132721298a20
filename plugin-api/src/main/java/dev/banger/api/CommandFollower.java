package dev.banger.api;

/** Does something when a command of whatever plugin has gone well. */
@FunctionalInterface
public interface CommandFollower {
  /**
   * Called after the command and before whoever asked for it has the answer. Deadline: 30 s. What
   * it throws is told as a note and changes nothing about the command.
   *
   * @param call the values the command was called with, which its own plugin declared: ask with
   *     care. Its context and host are the follower's own; progress is shown under the command
   * @param result what the command answered
   */
  void follow(CommandCall call, CommandResult result) throws Exception;
}
