package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.ProbeInitramfs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the driver says of itself, with scripts for a Firecracker. */
class FirecrackerStatusTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path dir;
  private final List<FirecrackerDriver> drivers = new ArrayList<>();
  private Path kernel;
  private Path kvm;

  @BeforeEach
  void makeFiles() throws Exception {
    kernel = Files.writeString(dir.resolve("vmlinuz"), "kernel");
    kvm = Files.createFile(dir.resolve("kvm"));
  }

  @AfterEach
  void close() {
    drivers.forEach(FirecrackerDriver::close);
  }

  @Test
  void whatIsNotThereOrTooOldOrSomethingElseIsNotUsed() throws Exception {
    DriverStatus missing = driver(dir.resolve("none"), Optional.of(kernel)).status();
    assertThat(missing.usable()).isFalse();
    assertThat(missing.reason()).endsWith("is not installed");
    assertThat(missing.remedy()).contains("1.10.0");

    assertThat(driver(firecracker("1.9.0", "exit 1"), Optional.of(kernel)).status().reason())
        .endsWith("is version 1.9.0; at least 1.10.0 is needed");
    assertThat(driver(Path.of("/bin/true"), Optional.of(kernel)).status().reason())
        .isEqualTo("/bin/true --version does not answer like Firecracker");
  }

  @Test
  void kvmIsBelievedOnceAGuestHasBooted() throws Exception {
    Path binary = firecracker("1.15.1", "echo '" + ProbeInitramfs.MARKER + "'");

    assertThat(driver(binary, Optional.of(kernel)).status())
        .isEqualTo(new DriverStatus("firecracker", true, "kvm", "1.15.1", "", ""));

    // And remembered: another daemon need not try, and has nothing to try it with.
    assertThat(driver(binary, Optional.empty()).status().reason()).isEmpty();
    assertThat(dir.resolve("booted")).content().hasLineCount(1);
  }

  @Test
  void aKvmThatBootsNothingIsNotUsedAndFirecrackersWordsAreQuoted() throws Exception {
    Path binary =
        firecracker(
            "1.15.1",
            "echo '2026-06-29T10:00:00.123456789 [probe:main] Error: no KVM for you'; exit 1");

    DriverStatus status = driver(binary, Optional.of(kernel)).status();

    assertThat(status.usable()).isFalse();
    assertThat(status.reason())
        .isEqualTo(
            kvm + " is there but could not boot a guest (Firecracker: Error: no KVM for you)");
    assertThat(status.remedy()).contains("qemu");
  }

  @Test
  void aKernelThatCannotBeBootedIsNotHeldAgainstKvm() throws Exception {
    Path binary = firecracker("1.15.1", "echo 'Error: ConfigureSystem(KernelLoader(Elf))'; exit 1");

    DriverStatus status = driver(binary, Optional.of(kernel)).status();
    assertThat(status.usable()).isFalse();
    assertThat(status.reason()).startsWith("Firecracker cannot boot this kernel: Error");

    assertThat(driver(binary, Optional.empty()).status().usable()).isTrue();
  }

  @Test
  void aKernelThatCannotBeUnpackedSaysWhy() throws Exception {
    ElfKernels none =
        (_, _) -> {
          throw new BangerException(ErrorKind.UNAVAILABLE, "zstd is missing", "install zstd");
        };
    FirecrackerDriver driver =
        new FirecrackerDriver(
            new ProcessCommands(),
            dir.resolve("state"),
            new FirecrackerSettings(firecracker("1.15.1", "exit 1").toString(), kvm),
            none,
            () -> Optional.of(kernel));
    drivers.add(driver);

    assertThat(driver.status().reason()).isEqualTo("zstd is missing");
    assertThatThrownBy(() -> driver.prepare(Plans.plan(), LIMIT, Progress.NONE))
        .hasMessage("zstd is missing");
  }

  @Test
  void whatCannotBeOpenedIsNotTried() throws Exception {
    Files.delete(kvm);
    Path binary = firecracker("1.15.1", "echo '" + ProbeInitramfs.MARKER + "'");

    assertThat(driver(binary, Optional.of(kernel)).status().reason())
        .isEqualTo("there is no " + kvm);
    assertThat(dir.resolve("booted")).doesNotExist();
  }

  @Test
  void aReleaseThatCannotPauseSaysSo() throws Exception {
    Path binary = firecracker("1.16.1", "echo '" + ProbeInitramfs.MARKER + "'");

    DriverStatus status = driver(binary, Optional.of(kernel)).status();

    assertThat(status.usable()).isTrue();
    assertThat(status.reason()).contains("cannot pause");
  }

  @Test
  void theFirstStartTellsThatItTries() throws Exception {
    FirecrackerDriver driver =
        driver(firecracker("1.15.1", "echo '" + ProbeInitramfs.MARKER + "'"), Optional.empty());
    List<String> stages = new ArrayList<>();
    Progress progress =
        (stage, status, message) -> stages.add((stage + " " + status + " " + message).strip());

    driver.prepare(withKernel(), LIMIT, progress);
    driver.prepare(withKernel(), LIMIT, progress);

    assertThat(stages).containsExactly("probe_kvm started", "probe_kvm done works");
    assertThat(dir.resolve("state")).isDirectoryNotContaining("glob:**firecracker-probe-*");
  }

  private LaunchPlan withKernel() {
    LaunchPlan plan = Plans.plan();
    return new LaunchPlan(
        plan.name(),
        plan.paths(),
        plan.cpus(),
        plan.memoryMiB(),
        kernel,
        plan.initrd(),
        plan.kernelArgs(),
        plan.disks(),
        plan.network());
  }

  private FirecrackerDriver driver(Path binary, Optional<Path> anyKernel) {
    FirecrackerDriver driver =
        new FirecrackerDriver(
            new ProcessCommands(),
            dir.resolve("state"),
            new FirecrackerSettings(binary.toString(), kvm),
            (file, _) -> file,
            () -> anyKernel);
    drivers.add(driver);
    return driver;
  }

  /**
   * @param boots what it does when told to boot
   */
  private Path firecracker(String version, String boots) throws Exception {
    Path file = dir.resolve("firecracker-" + version);
    Files.writeString(
        file,
        """
        #!/bin/sh
        if [ "$1" = --version ]; then printf 'Firecracker v%s\\n\\n'; exit; fi
        echo boot >>'%s'
        %s
        """
            .formatted(version, dir.resolve("booted"), boots));
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
