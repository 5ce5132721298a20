package dev.banger.core.rpc;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which VMs {@code vm.list} tells of: all conditions hold.
 *
 * @param labelKeys labels that must be there, whatever their values
 * @param states one of these; any when empty
 * @param image the image's name; any when empty
 */
record ListFilter(
    Map<String, String> labels, Set<String> labelKeys, Set<String> states, String image) {
  private static final List<String> STATES =
      List.of("stopped", "starting", "running", "stopping", "failed", "cleanupPending", "deleting");

  /**
   * @throws BangerException of kind INVALID for a state that there is not
   */
  static ListFilter of(Params params) {
    List<String> states = params.texts("states");
    for (String state : states) {
      if (!STATES.contains(state)) {
        throw new BangerException(
            ErrorKind.INVALID,
            "no VM is ever \"%s\"".formatted(state),
            "one of: " + String.join(", ", STATES));
      }
    }
    return new ListFilter(
        params.map("labels"),
        Set.copyOf(params.texts("labelKeys")),
        Set.copyOf(states),
        params.optionalText("image").orElse(""));
  }

  boolean accepts(VmRecord vm) {
    Map<String, String> has = vm.spec().labels();
    return has.entrySet().containsAll(labels.entrySet())
        && has.keySet().containsAll(labelKeys)
        && (states.isEmpty() || states.contains(vm.state().wireName()))
        && (image.isEmpty() || image.equals(vm.spec().image()));
  }
}
