package dev.banger.core.doctor;

import dev.banger.core.lifecycle.VmmDriver;
import java.util.Set;

/**
 * Whether Firecracker can run VMs here. Where nobody asked for it by name, its absence is no fault:
 * another driver takes its place.
 *
 * @param wanted {@code driver} of the configuration
 */
record FirecrackerCheck(VmmDriver driver, String wanted) implements DoctorCheck {
  static final String NAME = "firecracker";

  @Override
  public String id() {
    return NAME;
  }

  @Override
  public String source() {
    return NAME;
  }

  @Override
  public Set<Need> neededFor() {
    // Nothing, even where it is insisted on: whoever starts a VM with it waits for the verdict on
    // KVM, and this has not the time.
    return Set.of();
  }

  @Override
  public Result run() {
    VmmDriver.DriverStatus status = driver.status();
    if (status.usable()) {
      String summary = (status.version() + " " + status.reason()).strip();
      return status.reason().isEmpty() ? Result.ok(summary) : Result.warn(summary, status.remedy());
    }
    return isWanted()
        ? Result.fail(status.reason(), status.remedy())
        : Result.ok("not used: " + status.reason());
  }

  private boolean isWanted() {
    return wanted.equals(NAME);
  }
}
