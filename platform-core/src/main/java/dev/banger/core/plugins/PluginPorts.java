package dev.banger.core.plugins;

import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;

/** What plugins need from the rest of the core. Thread-safe. */
public interface PluginPorts {
  /**
   * @param ref a name, an id or a unique prefix of an id
   * @throws dev.banger.core.model.BangerException of kind NOT_FOUND or AMBIGUOUS
   */
  VmRecord resolve(String ref);

  /**
   * The open link to a running VM's guest. The core owns it: the caller never closes it.
   *
   * @throws dev.banger.core.model.BangerException of kind NOT_FOUND, or ILLEGAL_STATE when the VM
   *     is not running
   */
  GuestLink guest(VmId id);
}
