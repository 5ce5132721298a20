package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoverTest {
  @TempDir Path dir;
  private Path devices;
  private Path kernel;
  private Path disk;

  @BeforeEach
  void makeHost() throws Exception {
    devices = Files.createDirectories(dir.resolve("net"));
    Files.createDirectories(devices.resolve("br-banger"));
    Files.createDirectories(devices.resolve("br-other"));
    kernel = Files.writeString(dir.resolve("vmlinux"), "k");
    disk = Files.writeString(dir.resolve("root.img"), "d");
    device("tap0", "0x1002", "br-banger");
  }

  @Test
  void aTapDeviceOnTheBridgeAndPlainFilesAreHandedOver() {
    assertThatCode(() -> check("tap0", disk)).doesNotThrowAnyException();
  }

  @Test
  void aNetworkThatIsNoneIsNotHandedOver() throws Exception {
    device("tun0", "0x1001", "br-banger");
    device("lone0", "0x1002", "");
    device("far0", "0x1002", "br-other");
    Files.createDirectories(devices.resolve("eth7"));

    refused("tun0", "the network device tun0 is no TAP device");
    refused("eth7", "the network device eth7 is no TAP device");
    refused("lone0", "the TAP device lone0 is on no bridge");
    refused("far0", "the TAP device far0 is on br-other, not on br-banger");
    refused("nosuch9", "there is no network device nosuch9");
  }

  @Test
  void aDiskThatIsNoneIsNotHandedOver() throws Exception {
    Path gone = dir.resolve("gone.img");
    assertThatThrownBy(() -> check("tap0", gone))
        .hasMessage("disk root: " + gone + " does not exist");
    Path link = Files.createSymbolicLink(dir.resolve("link.img"), gone);
    assertThatThrownBy(() -> check("tap0", link))
        .hasMessage("disk root: " + link + " leads nowhere");
    assertThatThrownBy(() -> check("tap0", dir)).hasMessage("disk root: " + dir + " is not a file");
    // A device that is there on every host, and nobody's root disk.
    assertThatThrownBy(() -> check("tap0", Path.of("/dev/null")))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("is not the root disk of VM " + Plans.ID);
  }

  @Test
  void aDeviceOfTheDeviceMapperIsKnownByTheVmItIsFor() throws Exception {
    Path dm = Files.createDirectories(dir.resolve("block/1:3/dm"));
    Files.writeString(dm.resolve("uuid"), "BANGER-" + Plans.ID + "\n");
    assertThatCode(() -> check("tap0", Path.of("/dev/null"))).doesNotThrowAnyException();
    Files.writeString(dm.resolve("uuid"), "BANGER-ffffffffffff\n");
    assertThatThrownBy(() -> check("tap0", Path.of("/dev/null")))
        .isInstanceOf(BangerException.class);
  }

  @Test
  void numbersOfDevicesAreTakenApartAsGlibcPutsThemTogether() {
    assertThat(Handover.majorMinor(0x0103)).isEqualTo("1:3");
    assertThat(Handover.majorMinor((253L << 8) | 7)).isEqualTo("253:7");
    assertThat(Handover.majorMinor((259L << 8 & 0xfff00) | 0x12 | (0x3L << 20)))
        .isEqualTo("259:786");
  }

  private void refused(String device, String message) {
    assertThatThrownBy(() -> check(device, disk))
        .isInstanceOf(BangerException.class)
        .hasMessage(message);
  }

  private void check(String device, Path root) throws InterruptedException {
    LaunchPlan plan =
        new LaunchPlan(
            "box",
            new VmPaths(Plans.ID, dir, dir),
            1,
            128,
            kernel,
            kernel,
            List.of(),
            List.of(new Disk("root", root, Disk.Format.RAW, false)),
            new LaunchPlan.TapNetwork("06:00:7f:4d:00:05", device));
    new Handover(new ProcessCommands(), devices, dir.resolve("block"), "br-banger")
        .check(plan, kernel);
  }

  private void device(String name, String flags, String master) throws Exception {
    Path entry = Files.createDirectories(devices.resolve(name));
    Files.writeString(entry.resolve("tun_flags"), flags + "\n");
    if (!master.isEmpty()) {
      Files.createSymbolicLink(entry.resolve("master"), Path.of("../" + master));
    }
  }
}
