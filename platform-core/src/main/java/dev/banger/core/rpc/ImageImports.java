package dev.banger.core.rpc;

import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.Image;
import java.util.Map;

/** The kinds of image that can be imported, by name. */
public record ImageImports(Map<String, Importer> byKind) {
  public ImageImports {
    byKind = Map.copyOf(byKind);
  }

  /** Makes and registers an image; interrupted when its operation is cancelled. */
  @FunctionalInterface
  public interface Importer {
    Image run(Params params, Progress progress) throws InterruptedException;
  }
}
