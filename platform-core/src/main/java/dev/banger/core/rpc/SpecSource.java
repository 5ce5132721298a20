package dev.banger.core.rpc;

import dev.banger.core.lifecycle.CreateRequest;

/** Turns the parameters of {@code vm.create} into a validated request, defaults filled in. */
@FunctionalInterface
public interface SpecSource {
  /**
   * @throws dev.banger.core.model.BangerException of kind INVALID with all problems at once
   */
  CreateRequest request(Params params);
}
