package dev.banger.core.image;

import dev.banger.core.lifecycle.Progress;
import java.io.IOException;
import java.util.function.Function;

/** Reports each stage of an import as started and then done or failed. */
final class Stages {
  private final Progress progress;

  Stages(Progress progress) {
    this.progress = progress;
  }

  <T> T run(String stage, Work<T> work) throws IOException, InterruptedException {
    return run(stage, work, _ -> "");
  }

  /** The same, with a remark on what came of it. */
  <T> T run(String stage, Work<T> work, Function<T, String> remark)
      throws IOException, InterruptedException {
    progress.stage(stage, "started", "");
    T result;
    try {
      result = work.run();
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      progress.stage(stage, "failed", "");
      throw e;
    }
    progress.stage(stage, "done", remark.apply(result));
    return result;
  }

  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }
}
