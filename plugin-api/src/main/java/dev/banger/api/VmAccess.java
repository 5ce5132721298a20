package dev.banger.api;

/** Reading about VMs. Needs {@link Permission#VM_READ}. */
public interface VmAccess {
  /**
   * @param ref a name, an id, or a unique prefix of an id
   * @throws CapabilityException of kind {@code NOT_FOUND} or {@code AMBIGUOUS}
   */
  VmView resolve(String ref);
}
