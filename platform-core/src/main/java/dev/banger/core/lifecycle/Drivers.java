package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The VMM drivers, in order of preference. */
public record Drivers(List<VmmDriver> all) {
  public Drivers {
    all = List.copyOf(all);
  }

  /**
   * The driver to start a VM with.
   *
   * @param wanted a driver's name, or {@code auto} for the first that is usable
   * @throws BangerException of kind UNAVAILABLE with each driver's reason and remedy
   */
  public VmmDriver pick(String wanted, Needs needs) {
    List<VmmDriver> candidates =
        wanted.equals("auto") ? all : all.stream().filter(d -> d.name().equals(wanted)).toList();
    if (candidates.isEmpty()) {
      throw new BangerException(
          ErrorKind.INVALID,
          "no VMM driver \"%s\"; there is: auto, %s".formatted(wanted, names()),
          "leave --driver out for the best one");
    }
    List<VmmDriver> fitting =
        candidates.stream().filter(d -> needs.unmet(d.capabilities()).isEmpty()).toList();
    if (fitting.isEmpty()) {
      VmmDriver first = candidates.getFirst();
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "the driver \"%s\" cannot run this VM: %s"
              .formatted(first.name(), needs.unmet(first.capabilities()).get()),
          wanted.equals("auto") ? "banger doctor" : "--driver auto takes one that can");
    }
    if (!wanted.equals("auto")) {
      return usable(fitting.getFirst(), fitting.getFirst().settledStatus());
    }
    // The last is the last resort: those before it may be missing on most hosts.
    return fitting.stream()
        .filter(driver -> driver.status().usable())
        .findFirst()
        .orElseGet(() -> usable(fitting.getLast(), fitting.getLast().status()));
  }

  private static VmmDriver usable(VmmDriver driver, DriverStatus status) {
    if (!status.usable()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "%s cannot run VMs here: %s".formatted(status.name(), status.reason()),
          status.remedy().isEmpty() ? "banger doctor" : status.remedy());
    }
    return driver;
  }

  /**
   * What a VM asks of whoever runs it.
   *
   * @param userNetwork whether it is on a network without a TAP device
   * @param rootFormat of its root disk; empty while that can still be chosen
   */
  public record Needs(boolean userNetwork, Optional<LaunchPlan.Disk.Format> rootFormat) {
    Optional<String> unmet(VmmDriver.Capabilities can) {
      if (userNetwork && !can.userNetwork()) {
        return Optional.of(
            "it needs network.mode = \"bridge\", and on this host VMs are in mode \"user\"");
      }
      return rootFormat
          .filter(format -> !can.diskFormats().contains(format))
          .map(
              format ->
                  "its root disk is in the format %s, which that driver cannot read"
                      .formatted(format.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** The driver that made these handles. */
  public VmmDriver of(VmHandles handles) {
    return all.stream()
        .filter(driver -> driver.name().equals(handles.driver()))
        .findFirst()
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.UNAVAILABLE,
                    "the VM was started by driver \"%s\", which is not here"
                        .formatted(handles.driver())));
  }

  /** Whether any driver finds this VM's VMM alive on the host. */
  public Optional<VmHandles> observe(VmPaths paths, Optional<VmHandles> hint) {
    return all.stream().flatMap(driver -> driver.observe(paths, hint).stream()).findFirst();
  }

  private String names() {
    return all.stream().map(VmmDriver::name).collect(Collectors.joining(", "));
  }
}
