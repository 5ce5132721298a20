package dev.banger.api;

/** Carries out a command. */
@FunctionalInterface
public interface CommandHandler {
  /**
   * Called once per use, in parallel with other uses. Deadline: the one of the {@link CommandSpec}.
   */
  CommandResult run(CommandCall call) throws Exception;
}
