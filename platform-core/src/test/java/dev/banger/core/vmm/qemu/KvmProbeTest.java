package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.ProcessCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.KvmProbe;
import dev.banger.core.vmm.KvmVerdict;
import dev.banger.core.vmm.ProbeCache;
import dev.banger.core.vmm.ProbeInitramfs;
import dev.banger.core.vmm.qemu.QemuSettings.AccelMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvmProbeTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");
  private static final QemuInstallation.Found QEMU =
      new QemuInstallation.Found(Path.of("/usr/bin/qemu-system-x86_64"), "7.2.22", "");

  @TempDir Path dir;

  private final List<String> boots = Collections.synchronizedList(new ArrayList<>());
  private Path device;
  private Path kernel;
  private Instant now = NOW;

  @BeforeEach
  void makeFiles() throws Exception {
    device = Files.createFile(dir.resolve("kvm"));
    kernel = Files.writeString(dir.resolve("vmlinuz"), "kernel");
  }

  @Test
  void kvmIsUsedOnceAGuestHasBootedUnderIt() throws Exception {
    Acceleration acceleration = acceleration(AccelMode.AUTO, guest("host"));

    DriverStatus before = acceleration.status(QEMU);
    assertThat(before.usable()).isTrue();
    assertThat(before.accel()).isEqualTo("tcg");
    assertThat(before.reason()).contains("not probed yet");

    assertThat(acceleration.choose(QEMU, kernel, LIMIT)).isEqualTo(new Accelerator.Kvm("host"));
    assertThat(acceleration.status(QEMU)).isEqualTo(status(true, "kvm", "", ""));
    assertThat(boots).containsExactly("host");
  }

  @Test
  void aKvmThatBootsNothingIsNotUsedAndTheReasonIsTold() throws Exception {
    Acceleration acceleration =
        acceleration(AccelMode.AUTO, guest("", "could not boot a guest within 5 s"));

    assertThat(acceleration.choose(QEMU, kernel, LIMIT)).isInstanceOf(Accelerator.Tcg.class);

    DriverStatus status = acceleration.status(QEMU);
    assertThat(status.usable()).isTrue();
    assertThat(status.accel()).isEqualTo("tcg");
    assertThat(status.reason())
        .isEqualTo(
            device
                + " is there but could not boot a guest within 5 s; using emulation, about 10"
                + " times slower");
    assertThat(status.remedy()).isNotBlank();
  }

  @Test
  void theFirstStartTellsThatItProbesAndTheSecondHasNothingToTell() throws Exception {
    Acceleration acceleration =
        acceleration(AccelMode.AUTO, guest("", "could not boot a guest within 5 s"));
    List<String> stages = new ArrayList<>();
    Progress progress =
        (stage, status, message) -> stages.add(stage + " " + status + " " + message);

    acceleration.prepare(QEMU, kernel, LIMIT, progress);

    assertThat(stages)
        .containsExactly(
            "probe_kvm started ",
            "probe_kvm done " + device + " is there but could not boot a guest within 5 s");
    acceleration.prepare(QEMU, kernel, LIMIT, progress);
    acceleration.choose(QEMU, kernel, LIMIT);
    assertThat(stages).hasSize(2);
    assertThat(boots).hasSize(1);
  }

  @Test
  void whereThereIsNothingToProbeNothingIsTold() throws Exception {
    List<String> stages = new ArrayList<>();
    Progress progress = (stage, _, _) -> stages.add(stage);

    acceleration(AccelMode.TCG, guest("host")).prepare(QEMU, kernel, LIMIT, progress);
    Files.delete(device);
    acceleration(AccelMode.AUTO, guest("host")).prepare(QEMU, kernel, LIMIT, progress);

    assertThat(stages).isEmpty();
    assertThat(boots).isEmpty();
  }

  @Test
  void aRegisterThatANestedHostRefusesIsLeftOut() throws Exception {
    Acceleration acceleration =
        acceleration(
            AccelMode.AUTO,
            guest("host,-arch-capabilities", "could not boot (failed to set MSR 0x10a)"));

    assertThat(acceleration.choose(QEMU, kernel, LIMIT))
        .isEqualTo(new Accelerator.Kvm("host,-arch-capabilities"));
    assertThat(boots).containsExactly("host", "host,-arch-capabilities");
  }

  @Test
  void theVerdictOutlivesTheDaemon() throws Exception {
    acceleration(AccelMode.AUTO, guest("host")).choose(QEMU, kernel, LIMIT);

    Acceleration next = acceleration(AccelMode.AUTO, guest("host"));

    assertThat(next.status(QEMU).accel()).isEqualTo("kvm");
    assertThat(next.choose(QEMU, kernel, LIMIT)).isInstanceOf(Accelerator.Kvm.class);
    assertThat(boots).hasSize(1);
  }

  @Test
  void anotherKernelOrAnotherQemuIsProbedAnew() throws Exception {
    Acceleration acceleration = acceleration(AccelMode.AUTO, guest("host"));
    acceleration.choose(QEMU, kernel, LIMIT);

    Files.setLastModifiedTime(kernel, FileTime.from(NOW));
    acceleration.choose(QEMU, kernel, LIMIT);
    QemuInstallation.Found newer = new QemuInstallation.Found(QEMU.binary(), "9.0.0", "");
    assertThat(acceleration.status(newer).reason()).contains("not probed yet");
    acceleration.choose(newer, kernel, LIMIT);

    assertThat(boots).hasSize(3);
  }

  @Test
  void aFailureIsForgottenAfterADayAndASuccessIsNot() throws Exception {
    Acceleration broken = acceleration(AccelMode.AUTO, guest("", "could not boot"));
    broken.choose(QEMU, kernel, LIMIT);
    now = NOW.plus(ProbeCache.FAILURE_LIFETIME).plusSeconds(1);

    Acceleration repaired = acceleration(AccelMode.AUTO, guest("host"));
    assertThat(repaired.choose(QEMU, kernel, LIMIT)).isInstanceOf(Accelerator.Kvm.class);
    now = now.plus(Duration.ofDays(400));
    assertThat(repaired.choose(QEMU, kernel, LIMIT)).isInstanceOf(Accelerator.Kvm.class);

    assertThat(boots).hasSize(2);
  }

  @Test
  void aCacheThatIsGarbageCostsAProbeAndNothingElse() throws Exception {
    for (String content : List.of("", "garbage", "{}", "{\"verdicts\": [7, {\"at\": \"x\"}]}")) {
      Files.writeString(dir.resolve("kvm-probe.json"), content);
      boots.clear();

      assertThat(acceleration(AccelMode.AUTO, guest("host")).choose(QEMU, kernel, LIMIT))
          .isInstanceOf(Accelerator.Kvm.class);
      assertThat(boots).hasSize(1);
    }
  }

  @Test
  void callersAtTheSameTimeShareOneProbe() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    ProbeGuest slow =
        new ProbeGuest(new ProcessCommands(), dir) {
          @Override
          Attempt boot(Path qemu, Path kernel, Accelerator accelerator, Duration deadline)
              throws InterruptedException {
            boots.add("once");
            hold.await();
            return new Attempt(true, "");
          }
        };
    KvmProbe probe = probe(slow);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<KvmVerdict> call = () -> probe.probe(QEMU.binary(), "7.2.22", kernel, LIMIT);
      List<Future<KvmVerdict>> calls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        calls.add(threads.submit(call));
      }
      // One more that does not wait as long as the probe takes.
      assertFails(
          () -> probe.probe(QEMU.binary(), "7.2.22", kernel, Duration.ofMillis(50)),
          ErrorKind.TIMEOUT,
          "did not finish");
      hold.countDown();
      for (Future<KvmVerdict> verdict : calls) {
        assertThat(verdict.get().works()).isTrue();
      }
    }
    assertThat(boots).hasSize(1);
  }

  @Test
  void withoutTheDeviceNothingIsProbed() throws Exception {
    Files.delete(device);
    Acceleration acceleration = acceleration(AccelMode.AUTO, guest("host"));

    assertThat(acceleration.choose(QEMU, kernel, LIMIT)).isInstanceOf(Accelerator.Tcg.class);
    assertThat(acceleration.status(QEMU).reason()).startsWith("there is no " + device);
    assertThat(boots).isEmpty();
  }

  @Test
  void aDemandForKvmFailsWhereItDoesNotWork() throws Exception {
    Acceleration acceleration = acceleration(AccelMode.KVM, guest("", "could not boot"));
    assertThat(acceleration.status(QEMU).usable()).isTrue();

    assertFails(
        () -> acceleration.choose(QEMU, kernel, LIMIT), ErrorKind.UNAVAILABLE, "could not boot");
    assertThat(acceleration.status(QEMU).usable()).isFalse();
    assertThat(acceleration.status(QEMU).remedy()).contains("accel = \"auto\"");

    Files.delete(device);
    assertFails(
        () -> acceleration.choose(QEMU, kernel, LIMIT), ErrorKind.UNAVAILABLE, "there is no");
  }

  @Test
  void emulationOnDemandProbesNothing() throws Exception {
    Acceleration acceleration = acceleration(AccelMode.TCG, guest("host"));

    assertThat(acceleration.choose(QEMU, kernel, LIMIT)).isInstanceOf(Accelerator.Tcg.class);
    assertThat(acceleration.status(QEMU).reason()).contains("accel = \"tcg\"");
    assertThat(boots).isEmpty();
  }

  @Test
  void aDeviceThatMayNotBeOpenedIsToldFromNone() throws Exception {
    Files.setPosixFilePermissions(device, PosixFilePermissions.fromString("---------"));
    KvmProbe.Access access = probe(guest("host")).access();

    if (Files.isReadable(device)) {
      // The superuser may open everything.
      assertThat(access).isEqualTo(new KvmProbe.Access.Usable());
    } else {
      assertThat(access)
          .isInstanceOfSatisfying(
              KvmProbe.Access.Refused.class,
              refused -> {
                assertThat(refused.reason()).contains("may not open");
                assertThat(refused.remedy()).contains("usermod -aG kvm");
              });
    }
  }

  @Test
  void aGuestThatPrintsTheMarkerHasBootedAndLeavesNothing() throws Exception {
    Path speaking =
        TinyKernel.write(dir.resolve("k"), ProbeInitramfs.MARKER, TinyKernel.Then.REBOOT);

    assertThat(realBoot(speaking, LIMIT)).isEqualTo(new ProbeGuest.Attempt(true, ""));
    assertThat(dir.resolve("probe")).isEmptyDirectory();
  }

  @Test
  void aGuestThatPrintsSomethingElseHasNot() throws Exception {
    Path other = TinyKernel.write(dir.resolve("k"), "something else", TinyKernel.Then.REBOOT);

    assertThat(realBoot(other, LIMIT).booted()).isFalse();
  }

  @Test
  void aGuestThatHangsIsGivenUpAndLeavesNothing() throws Exception {
    Path silent = TinyKernel.write(dir.resolve("k"), "starting", TinyKernel.Then.HALT);

    assertThat(realBoot(silent, Duration.ofMillis(800)))
        .isEqualTo(new ProbeGuest.Attempt(false, "could not boot a guest within 800 ms"));
    assertThat(dir.resolve("probe")).isEmptyDirectory();
    awaitGone(silent);
  }

  @Test
  void aKernelThatIsNoneIsExplainedInQemusWords() throws Exception {
    ProbeGuest.Attempt attempt = realBoot(Path.of("/etc/hostname"), LIMIT);

    assertThat(attempt.booted()).isFalse();
    assertThat(attempt.problem()).startsWith("could not boot a guest (QEMU: ");
  }

  private static void awaitGone(Path image) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!new ProcessTable().scan(argv -> argv.contains(image.toString())).isEmpty()) {
      assertThat(System.nanoTime()).as("the probe of %s ended", image).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void whatACrashLeftOfAnEarlierProbeIsRemoved() throws Exception {
    Path work = Files.createDirectories(dir.resolve("probe"));
    Path old = Files.createFile(work.resolve("kvm-probe-1.cpio"));
    Files.setLastModifiedTime(old, FileTime.from(NOW));
    Path recent = Files.createFile(work.resolve("kvm-probe-2.cpio"));
    Path other = Files.createFile(work.resolve("banger.db"));
    Files.setLastModifiedTime(other, FileTime.from(NOW));

    realBoot(TinyKernel.write(dir.resolve("k"), "any", TinyKernel.Then.REBOOT), LIMIT);

    assertThat(old).doesNotExist();
    assertThat(recent).exists();
    assertThat(other).exists();
  }

  private ProbeGuest.Attempt realBoot(Path image, Duration deadline) throws Exception {
    Path qemu = new ProcessCommands().find("qemu-system-x86_64").orElseThrow();
    return new ProbeGuest(new ProcessCommands(), dir.resolve("probe"))
        .boot(qemu, image, new Accelerator.Tcg(OptionalLong.empty()), deadline);
  }

  private Acceleration acceleration(AccelMode mode, ProbeGuest guest) {
    return new Acceleration(new QemuSettings("", mode, LIMIT, device), probe(guest));
  }

  private KvmProbe probe(ProbeGuest guest) {
    InstantSource source = () -> now;
    Clock clock = source.withZone(ZoneOffset.UTC);
    ProbeCache cache = new ProbeCache(dir.resolve("kvm-probe.json"), clock);
    return new KvmProbe(new QemuProbe(guest), cache, device, LIMIT, clock);
  }

  private ProbeGuest guest(String bootsWith) {
    return guest(bootsWith, "could not boot");
  }

  private ProbeGuest guest(String bootsWith, String problem) {
    return new ProbeGuest(new ProcessCommands(), dir) {
      @Override
      Attempt boot(Path qemu, Path image, Accelerator accelerator, Duration deadline) {
        String model = ((Accelerator.Kvm) accelerator).cpuModel();
        boots.add(model);
        return model.equals(bootsWith) ? new Attempt(true, "") : new Attempt(false, problem);
      }
    };
  }

  private static DriverStatus status(boolean usable, String accel, String reason, String remedy) {
    return new DriverStatus("qemu", usable, accel, "7.2.22", reason, remedy);
  }

  private static void assertFails(Callable<?> call, ErrorKind kind, String message) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind))
        .hasMessageContaining(message);
  }
}
