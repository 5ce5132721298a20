package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.host.ProcessCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A host that has what a plan for Firecracker needs, and drivers for it; and that is left clean.
 */
final class FirecrackerHost implements AutoCloseable {
  private final Path dir;
  private final Path devices;
  private final FirecrackerSettings settings;
  private final List<FirecrackerDriver> drivers = new ArrayList<>();
  private final List<VmPaths> vms = new ArrayList<>();

  /** Whose TAP devices are in a directory that looks like the kernel's. */
  FirecrackerHost(Path dir, String binary, FirecrackerSettings.Proof proof) throws IOException {
    this.dir = dir;
    devices = Files.createDirectories(dir.resolve("net"));
    Files.createDirectories(devices.resolve("br"));
    settings =
        new FirecrackerSettings(binary, Path.of("/dev/kvm"))
            .withProof(proof)
            .withNetworkDevices(devices);
  }

  /** Each one as after a restart of the daemon. */
  FirecrackerDriver driver() {
    FirecrackerDriver driver =
        new FirecrackerDriver(
            new ProcessCommands(), dir.resolve("state"), settings, (kernel, _) -> kernel);
    drivers.add(driver);
    return driver;
  }

  /** With a file of its own for a kernel, an initramfs and a disk. */
  LaunchPlan plan(byte[] kernel) {
    VmId id = VmId.random();
    VmPaths paths =
        new VmPaths(id, dir.resolve("vms").resolve(id.value()), dir.resolve(id.value()));
    vms.add(paths);
    try {
      return new LaunchPlan(
          "box",
          paths,
          1,
          128,
          Files.write(dir.resolve(id + ".kernel"), kernel),
          Files.write(dir.resolve(id + ".initrd"), new byte[512]),
          List.of("banger.test=1"),
          List.of(
              new LaunchPlan.Disk(
                  "root",
                  Files.write(dir.resolve(id + ".root"), new byte[4096]),
                  LaunchPlan.Disk.Format.RAW,
                  false)),
          new LaunchPlan.TapNetwork("06:00:7f:4d:00:05", tap(id)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String tap(VmId id) throws IOException {
    Path tap = Files.createDirectory(devices.resolve("bgt" + id.value().substring(0, 8)));
    Files.writeString(tap.resolve("tun_flags"), "0x1002\n");
    Files.createSymbolicLink(tap.resolve("master"), devices.resolve("br"));
    return tap.getFileName().toString();
  }

  /** SIGSTOP, and waits until each thread stands still: it goes on for a moment. */
  static void stop(VmHandles handles) throws Exception {
    signal("STOP", handles);
    while (!standsStill(handles)) {
      Thread.sleep(1);
    }
  }

  private static boolean standsStill(VmHandles handles) throws IOException {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", "" + handles.pid(), "task"))) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"));
        if (!stat.substring(stat.lastIndexOf(')')).startsWith(") T")) {
          return false;
        }
      }
      return true;
    }
  }

  static void signal(String name, VmHandles handles) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + handles.pid()).start().waitFor())
        .isZero();
  }

  /** Fails when a VMM or a file in a run directory is still there. */
  @Override
  public void close() throws Exception {
    List<String> left = new ArrayList<>();
    for (VmPaths vm : vms) {
      for (ProcessTable.Entry process :
          new ProcessTable().scan(argv -> argv.contains(vm.id().value()))) {
        left.add("process " + process);
        ProcessHandle handle = ProcessHandle.of(process.pid()).orElse(null);
        if (handle != null) {
          handle.destroyForcibly();
          handle.onExit().get();
        }
      }
      drivers.getFirst().removeLeftovers(vm);
      if (Files.exists(vm.runDir())) {
        left.add("run directory " + vm.runDir());
      }
    }
    drivers.forEach(FirecrackerDriver::close);
    assertThat(left).isEmpty();
  }
}
