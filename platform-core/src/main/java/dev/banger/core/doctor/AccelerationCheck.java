package dev.banger.core.doctor;

import dev.banger.core.lifecycle.VmmDriver;
import java.util.Set;

/** What a driver says of itself: whether it can run VMs here, and how fast. */
record AccelerationCheck(VmmDriver driver) implements DoctorCheck {
  @Override
  public String id() {
    return "kvm";
  }

  @Override
  public String source() {
    return driver.name();
  }

  /** A driver is named after what it runs, and so is the check of that. */
  @Override
  public String restsOn() {
    return driver.name();
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.CREATE);
  }

  @Override
  public Result run() {
    VmmDriver.DriverStatus status = driver.status();
    if (!status.usable()) {
      return Result.fail(
          or(status.reason(), driver.name() + " cannot run VMs here"), status.remedy());
    }
    if (status.accel().equals("kvm")) {
      return Result.ok("guests run at the speed of this host" + link());
    }
    return Result.warn(
        or(status.reason(), "guests are emulated, which is slow") + link(), status.remedy());
  }

  /** A verdict may be of a host that was busy, or that was repaired since. */
  @Override
  public String fix() {
    return driver.forgetVerdict() ? "forgot what was found; the next start tries KVM again" : "";
  }

  private String link() {
    String link = driver.agentLink();
    return link.isEmpty() ? "" : "; their agents are reached by " + link;
  }

  private static String or(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }
}
