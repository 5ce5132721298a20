package dev.banger.core.store;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.core.model.BangerException;
import java.util.function.Supplier;

/** Tells failures of the database in the words of the plugin API. */
final class PluginFailures {
  private PluginFailures() {}

  static <T> T told(Supplier<T> access) {
    try {
      return access.get();
    } catch (BangerException e) {
      throw new CapabilityException(FailureKind.HOST, e.getMessage(), e.hint(), e);
    }
  }
}
