package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import java.time.Duration;
import java.util.OptionalDouble;

/** How busy running VMs have been, as the host sees it. */
@FunctionalInterface
public interface CpuLoad {
  /**
   * The share of one host CPU that the VM's VMM has used on average, in percent: 200 is two CPUs
   * all the time.
   *
   * @param window how far to look back from now; what is known of a shorter time is told as well
   * @return empty while the VM is not running, or not watched yet
   */
  OptionalDouble percent(VmId vm, Duration window);
}
