package dev.banger.core.lifecycle;

import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import java.util.Optional;

/** The {@code handles.json} scratch files: a hint for the next daemon, never the truth. */
public interface HandlesScratch {
  /** Empty when there is none or it cannot be read; never throws. */
  Optional<VmHandles> read(VmPaths paths);

  /** What that VMM was started with; empty when that is not known. Never throws. */
  Optional<Launched> launched(VmPaths paths);

  void write(VmPaths paths, VmHandles handles, Launched launched);

  void delete(VmPaths paths);
}
