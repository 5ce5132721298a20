package dev.banger.core.image;

import dev.banger.core.lifecycle.Progress;
import java.io.IOException;

/** Reports each stage of an import as started and then done or failed. */
final class Stages {
  private final Progress progress;

  Stages(Progress progress) {
    this.progress = progress;
  }

  <T> T run(String stage, Work<T> work) throws IOException, InterruptedException {
    progress.stage(stage, "started", "");
    boolean done = false;
    try {
      T result = work.run();
      done = true;
      return result;
    } finally {
      progress.stage(stage, done ? "done" : "failed", "");
    }
  }

  void note(String stage, String message) {
    progress.stage(stage, "note", message);
  }

  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }
}
