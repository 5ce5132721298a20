package dev.banger.core.doctor;

import dev.banger.core.lifecycle.HostNetwork;
import java.util.Set;
import java.util.function.Supplier;

/** How VMs are put on the network, and whether that is possible. */
record NetworkCheck(Supplier<HostNetwork.Status> network) implements DoctorCheck {
  @Override
  public String id() {
    return "network";
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.CREATE);
  }

  @Override
  public Result run() {
    HostNetwork.Status status = network.get();
    if (!status.problem().isEmpty()) {
      return Result.fail("mode %s: %s".formatted(status.mode(), status.problem()), status.remedy());
    }
    String where =
        status.bridge().isEmpty() ? "" : " %s, %s".formatted(status.bridge(), status.subnet());
    return Result.ok("mode %s%s; %s".formatted(status.mode(), where, status.reason()));
  }
}
