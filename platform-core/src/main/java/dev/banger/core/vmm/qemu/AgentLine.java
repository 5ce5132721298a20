package dev.banger.core.vmm.qemu;

/** The device by which a guest's agent is reached. */
sealed interface AgentLine {
  /** A virtio-serial port, on the host a Unix socket. */
  record Serial() implements AgentLine {}

  /**
   * A vsock of the host's kernel.
   *
   * @param cid the guest's address, 3 to 2^32-2
   */
  record Vsock(long cid) implements AgentLine {}
}
