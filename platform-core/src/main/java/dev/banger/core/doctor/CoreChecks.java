package dev.banger.core.doctor;

import dev.banger.core.config.Config;
import dev.banger.core.config.ConfigLoader;
import dev.banger.core.doctor.DoctorCheck.Need;
import dev.banger.core.doctor.DoctorCheck.Status;
import dev.banger.core.host.Commands;
import dev.banger.core.host.HostUser;
import dev.banger.core.host.KernelSettings;
import dev.banger.core.image.ImageTools;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.VmmDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The checks that every banger has, whatever its plugins. */
public final class CoreChecks {
  private CoreChecks() {}

  /** banger's directories; any of them may not be there yet. */
  public record Places(Path config, Path data, Path state, Path run) {
    List<Path> all() {
      return List.of(config, data, state, run);
    }
  }

  /** The path itself, or the closest directory above it that is there. */
  static Path nearestExisting(Path path) {
    Path at = path.toAbsolutePath();
    while (Files.notExists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }

  /**
   * @param agentDisk where the disk with the guest agent should be
   * @param network how VMs are put on the network
   */
  public static List<DoctorCheck> of(
      Commands commands,
      Config config,
      ConfigLoader loader,
      Places places,
      Collection<VmmDriver> drivers,
      Supplier<Path> agentDisk,
      Supplier<HostNetwork.Status> network) {
    HostUser user = HostUser.current();
    List<DoctorCheck> checks = new ArrayList<>();
    checks.add(new QemuCheck(commands, user, config.qemuBin()));
    drivers.forEach(
        driver ->
            checks.add(
                driver.name().equals(FirecrackerCheck.NAME)
                    ? new FirecrackerCheck(driver, config.driver())
                    : new AccelerationCheck(driver)));
    checks.add(
        new ToolsCheck(
            "disk-tools",
            Set.of(Need.CREATE, Need.IMPORT),
            Status.FAIL,
            tools(ImageTools.forDisks()),
            commands,
            user));
    checks.add(
        new ToolsCheck(
            "image-tools",
            Set.of(Need.IMPORT),
            Status.FAIL,
            tools(ImageTools.forImages()),
            commands,
            user));
    checks.add(
        new ToolsCheck(
            "debian-tools",
            Set.of(Need.IMPORT_DEBIAN),
            Status.FAIL,
            tools(ImageTools.forDebian(user.isRoot())),
            commands,
            user));
    checks.add(new UserNamespacesCheck(user, new KernelSettings(), Path.of("/etc")));
    checks.add(
        new ToolsCheck(
            "ssh",
            Set.of(),
            Status.WARN,
            List.of(new Tool("ssh", "openssh-client"), new Tool("ssh-keygen", "openssh-client")),
            commands,
            user));
    checks.add(new NetworkCheck(network));
    checks.add(new DiskSpaceCheck(places.data()));
    checks.add(new RunDirectoryCheck(places.run()));
    checks.add(new DirectoriesCheck(places.all(), user));
    checks.add(new AgentDiskCheck(agentDisk));
    checks.add(new ConfigCheck(loader));
    checks.add(new JavaCheck(Runtime.version()));
    return List.copyOf(checks);
  }

  private static List<Tool> tools(List<ImageTools.Tool> needed) {
    return needed.stream()
        .map(
            each ->
                each.tool().equals(ImageTools.BUSYBOX)
                    ? new Tool(each.tool(), each.packageName(), StaticElf::test, "is not static")
                    : new Tool(each.tool(), each.packageName()))
        .toList();
  }
}
