package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;

/** The ways in which the program ends. */
final class Exit {
  private Exit() {}

  /** With a code, or {@code KILL} as the kernel does when memory is short. */
  static void with(String how) {
    System.out.flush();
    if (how.equals("KILL")) {
      try {
        new ProcessBuilder("kill", "-KILL", "" + ProcessHandle.current().pid()).start().waitFor();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    Runtime.getRuntime().halt(Integer.parseInt(how));
  }
}
