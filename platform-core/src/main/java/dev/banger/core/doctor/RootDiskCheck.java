package dev.banger.core.doctor;

import dev.banger.core.disk.Disks;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.model.BangerException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How root disks are made for each driver, and why so. Tries it out anew. No prerequisite of
 * requests: creating asks for itself, and VMs that have a disk start whatever is configured.
 */
record RootDiskCheck(Disks disks, Collection<VmmDriver> drivers) implements DoctorCheck {
  @Override
  public String id() {
    return "root-disks";
  }

  @Override
  public Result run() {
    String reasons = disks.reasons();
    List<String> chosen = new ArrayList<>();
    List<BangerException> failures = new ArrayList<>();
    for (VmmDriver driver : drivers) {
      try {
        chosen.add(
            "%s for %s"
                .formatted(disks.kindFor(driver.capabilities().diskFormats()), driver.name()));
      } catch (BangerException e) {
        chosen.add("none for " + driver.name());
        failures.add(e);
      }
    }
    if (!failures.isEmpty() && failures.size() == drivers.size()) {
      BangerException first = failures.getFirst();
      return Result.fail(first.getMessage(), first.hint());
    }
    String how =
        disks.wanted().equals("auto") ? "" : " (vm.root_disk = %s)".formatted(disks.wanted());
    return Result.ok("%s%s; %s".formatted(String.join(", ", chosen), how, reasons));
  }
}
