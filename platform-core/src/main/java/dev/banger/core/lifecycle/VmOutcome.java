package dev.banger.core.lifecycle;

import dev.banger.core.model.VmRecord;

/**
 * How a request on a VM ended.
 *
 * @param note a short remark for people, for example {@code already running}; may be empty
 */
public record VmOutcome(VmRecord vm, String note) {
  static VmOutcome of(VmRecord vm) {
    return new VmOutcome(vm, "");
  }
}
