package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;

/** Carries failures over the wall between plugins and the core. */
final class Failures {
  private Failures() {}

  static CapabilityException toPlugin(BangerException e) {
    return new CapabilityException(
        FailureKind.valueOf(e.kind().name()), e.getMessage(), e.hint(), e);
  }

  static BangerException toCore(CapabilityException e) {
    return new BangerException(
        ErrorKind.valueOf(e.kind().name()), e.getMessage(), e.hint(), List.of(), e);
  }
}
