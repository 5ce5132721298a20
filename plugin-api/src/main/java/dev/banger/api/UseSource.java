package dev.banger.api;

import java.util.Optional;

/** Knows of use of VMs that the core does not see. */
@FunctionalInterface
@Incubating
public interface UseSource {
  /**
   * Whether something of the plugin's uses a running VM now, or has since it was last asked. Called
   * whenever somebody wants to know how long a VM was not used, from any thread, also for several
   * VMs at once; changes nothing. Deadline: 2 s. A failure and a deadline that passed mean that
   * nothing is known, and are logged once.
   *
   * @return what uses it, in a few words such as {@code port 8080}; the first 80 letters are kept
   */
  Optional<String> use(VmView vm, PluginContext context) throws Exception;
}
