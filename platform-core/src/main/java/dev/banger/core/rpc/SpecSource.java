package dev.banger.core.rpc;

import dev.banger.core.lifecycle.CreateRequest;
import dev.banger.core.model.VmSpec;
import java.util.function.UnaryOperator;

/** Turns the parameters of {@code vm.create} and {@code vm.set} into validated requests. */
public interface SpecSource {
  /**
   * With defaults filled in.
   *
   * @throws dev.banger.core.model.BangerException of kind INVALID with all problems at once
   */
  CreateRequest request(Params params);

  /**
   * The parameters of {@code vm.set}, as a function from what a VM is wanted to be to what it is
   * wanted to be then. The function throws, of kind INVALID, all that is wrong with it for that VM.
   *
   * @throws dev.banger.core.model.BangerException of kind INVALID when nothing is to be changed
   */
  UnaryOperator<VmSpec> change(Params params);
}
