package dev.banger.core.host;

/** The daemon's own process. */
public final class OwnProcess {
  private OwnProcess() {}

  public static long pid() {
    return ProcessHandle.current().pid();
  }
}
