package dev.banger.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the guest's init is, and how far it has come. */
final class Init {
  private static final long SECONDS = 10;
  private static final long ASK_AGAIN_NANOS = 500_000_000;

  private final Surroundings surroundings;
  private boolean done;
  private long asked;
  private boolean everAsked;

  Init(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  boolean isSystemd() {
    try {
      return Files.readSymbolicLink(Path.of("/proc/1/exe")).toString().endsWith("/systemd");
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it says it has finished starting; true when it is one that cannot tell. */
  synchronized boolean isDone() throws InterruptedException {
    if (!done) {
      done = hasTakenOver() && (!isSystemd() || systemdIsDone());
    }
    return done;
  }

  /** Before that, process 1 is still the initramfs, which has another root. */
  private boolean hasTakenOver() {
    try {
      return Files.isSameFile(Path.of("/proc/1/root/."), Path.of("/"));
    } catch (IOException e) {
      return true;
    }
  }

  private boolean systemdIsDone() throws InterruptedException {
    String systemctl = surroundings.tool("systemctl");
    long now = System.nanoTime();
    if (systemctl == null || !Files.isDirectory(surroundings.file("/run/systemd/system"))) {
      return false;
    }
    if (everAsked && now - asked < ASK_AGAIN_NANOS) {
      return false;
    }
    everAsked = true;
    try {
      String state = Tool.run(SECONDS, List.of(systemctl, "is-system-running")).output();
      return "running".equals(state) || "degraded".equals(state);
    } catch (IOException e) {
      return false;
    } finally {
      asked = System.nanoTime();
    }
  }
}
