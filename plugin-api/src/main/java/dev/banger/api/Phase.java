package dev.banger.api;

/**
 * When in a VM's life a step runs. A start goes through the phases in this order, a stop in
 * reverse.
 *
 * <p>Before the first phase every plugin's {@link Validator} has had its say and every {@link
 * LaunchContributor} was asked; between {@code PREPARE} and {@code GUEST} the VMM is started.
 */
public enum Phase {
  /** While the disks are made, before the VMM is started. Stopped last, when the VMM is gone. */
  PREPARE,
  /** While the guest boots: the VMM runs, the guest is not to be reached yet. */
  HOST,
  /** The guest's agent answers. Stopped first, before the guest is asked to shut down. */
  GUEST;

  /** As in manifests and traces: {@code prepare}, {@code host}, {@code guest}. */
  public String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
