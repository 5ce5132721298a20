package dev.banger.core.plugins;

import dev.banger.api.PluginStore;
import dev.banger.api.VmUsage;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What plugins need from the rest of the core. Thread-safe. Failures are {@link
 * dev.banger.core.model.BangerException}s.
 */
public interface PluginPorts {
  /**
   * @param ref a name, an id or a unique prefix of an id; else NOT_FOUND or AMBIGUOUS
   */
  VmRecord resolve(String ref);

  List<VmRecord> vms();

  /** How the VM is on the network. */
  default HostNetwork.Plan network(VmRecord vm) {
    return new HostNetwork.User(vm.address());
  }

  /** Whether its VMM runs. */
  boolean isAlive(VmId id);

  /** How it is used; ILLEGAL_STATE when it does not run. */
  default VmUsage usage(VmId id, Duration window) throws InterruptedException {
    throw new BangerException(ErrorKind.UNAVAILABLE, "it is not known how VMs are used");
  }

  /**
   * Notes that somebody begins to use a VM.
   *
   * @param ref nothing comes of one that means no VM
   * @param by in a few words
   * @return to be run at its end
   */
  default Runnable use(String ref, String by) {
    return () -> {};
  }

  /** Begins to stop a VM. */
  default void stop(VmId id, String reason) {
    throw new BangerException(ErrorKind.UNAVAILABLE, "VMs cannot be stopped here");
  }

  /**
   * Begins to stop a running VM that was not used for so long.
   *
   * @return whether it does
   */
  default boolean stopUnused(VmId id, Duration unused, String reason) throws InterruptedException {
    throw new BangerException(ErrorKind.UNAVAILABLE, "VMs cannot be stopped here");
  }

  /** Runs {@code body} under the VM's lock; CONFLICT when its turn does not come in time. */
  <T> T withVmLock(VmId id, Duration deadline, Callable<T> body) throws Exception;

  Image image(String name);

  /**
   * The open link to a running VM's guest. The core owns it: the caller never closes it. NOT_FOUND,
   * or ILLEGAL_STATE when the VM is not running, or TIMEOUT.
   */
  GuestLink guest(VmId id, Duration deadline) throws InterruptedException;

  /** Another set of plugins is active: who could not take something back may be there again. */
  default void pluginsChanged() {}

  /** Forgets what a plugin keeps, that of VMs too. */
  default void purge(String pluginId) {}

  /** What a plugin keeps. */
  PluginStore store(String pluginId);
}
