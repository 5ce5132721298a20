package dev.banger.cli.base;

/** One command: what may be typed, and what it does. Built only when it is called, or for help. */
public interface Command {
  /** Fills in the words that this command takes. */
  void describe(Options options);

  /**
   * @return the process's exit code
   * @throws Failure or {@link dev.banger.client.RpcException}, which whoever runs it tells
   */
  int run(Invocation call) throws Exception;
}
