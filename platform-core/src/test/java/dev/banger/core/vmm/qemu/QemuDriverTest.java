package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.ProcessCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.lifecycle.LaunchPlan.PortForward;
import dev.banger.core.lifecycle.LaunchPlan.UserNetwork;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.ProbeInitramfs;
import dev.banger.core.vmm.VmmDriverContract;
import dev.banger.core.vmm.qemu.QemuSettings.AccelMode;
import dev.banger.core.vmm.qemu.TinyKernel.Then;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real QEMU, with kernels of a few bytes. */
class QemuDriverTest extends VmmDriverContract {
  @TempDir Path dir;

  private final List<QemuDriver> drivers = new ArrayList<>();
  private final List<VmPaths> vms = new ArrayList<>();
  private final ProcessTable table = new ProcessTable();
  private QemuDriver driver;
  private Path initrd;

  @BeforeEach
  void makeDriver() throws Exception {
    driver = newDriver("");
    initrd = Files.write(dir.resolve("initrd"), ProbeInitramfs.bytes());
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    List<String> left = new ArrayList<>();
    for (VmPaths vm : vms) {
      for (ProcessTable.Entry process :
          table.scan(argv -> argv.contains(QemuCommandLine.nameOption(vm.id())))) {
        left.add("process " + process);
        ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
      }
      driver.removeLeftovers(vm);
      if (Files.exists(vm.runDir())) {
        left.add("run directory " + vm.runDir());
      }
    }
    drivers.forEach(QemuDriver::close);
    assertThat(left).isEmpty();
  }

  @Override
  protected VmmDriver driver() {
    return driver;
  }

  @Override
  protected VmmDriver restarted() {
    return newDriver("");
  }

  @Override
  protected LaunchPlan plan() {
    return plan(Then.HALT);
  }

  @Override
  protected LaunchPlan planThatCannotStart() throws Exception {
    LaunchPlan plan = plan();
    Files.writeString(plan.kernel(), "this is not a kernel ".repeat(1000));
    return plan;
  }

  @Override
  protected void killFromOutside(VmPaths paths, VmHandles handles) throws Exception {
    signal("KILL", handles);
  }

  @Override
  protected void stopFromOutside(VmPaths paths, VmHandles handles) throws Exception {
    signal("STOP", handles);
  }

  @Test
  void theGuestRunsAndItsConsoleIsInTheFile() throws Exception {
    LaunchPlan plan = plan(Then.HALT);

    VmHandles handles = driver.launch(plan, DEADLINE);

    awaitConsole(plan.paths(), "tiny kernel is up");
    assertThat(handles.accel()).isEqualTo("tcg");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(plan.paths().runDir())))
        .isEqualTo("rwx------");
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void disksNetworkAndAwkwardPathsAreAccepted() throws Exception {
    VmId id = VmId.random();
    Path odd = Files.createDirectories(dir.resolve("a, b=c 'd'"));
    Path raw = Files.createFile(odd.resolve("work,1.img"));
    try (FileChannel file = FileChannel.open(raw, StandardOpenOption.WRITE)) {
      file.write(java.nio.ByteBuffer.wrap(new byte[1]), (1 << 20) - 1);
    }
    Path kernel = TinyKernel.write(odd.resolve("k,ernel"), "up", Then.HALT);
    VmPaths paths = new VmPaths(id, odd.resolve("vm"), odd.resolve(id.value()));
    vms.add(paths);
    LaunchPlan plan =
        new LaunchPlan(
            "box",
            paths,
            2,
            128,
            kernel,
            initrd,
            List.of("banger.test=1"),
            List.of(
                new Disk("work", raw, Disk.Format.RAW, false),
                new Disk("agent", initrd, Disk.Format.RAW, true)),
            new UserNetwork("06:00:7f:4d:00:05", "127.77.9.9", false, List.of()));

    VmHandles handles = driver.launch(plan, DEADLINE);

    assertThat(restarted().observe(paths, Optional.empty())).contains(handles);
    driver.kill(paths, handles, DEADLINE);
  }

  @Test
  void aGuestThatPowersOffEndsInOrder() throws Exception {
    assertThat(exitOf(plan(Then.POWER_OFF))).isEqualTo(new VmmExit(true, "the guest powered off"));
  }

  @Test
  void aGuestThatRebootsEndsInOrder() throws Exception {
    assertThat(exitOf(plan(Then.REBOOT)))
        .isEqualTo(new VmmExit(true, "the guest rebooted, which ends the VM"));
  }

  @Test
  void aKernelThatPanicsIsToldFromAReboot() throws Exception {
    LaunchPlan plan = plan("[ 1.0] Kernel panic - not syncing: no working init found", Then.REBOOT);

    assertThat(exitOf(plan))
        .isEqualTo(
            new VmmExit(
                false,
                "the guest's kernel panicked: Kernel panic - not syncing: no working init found"));
  }

  @Test
  void aVmKilledFromOutsideSaysByWhichSignal() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    CompletableFuture<VmmExit> exit = driver.onExit(plan.paths(), handles);

    signal("KILL", handles);

    assertThat(exit.get(30, TimeUnit.SECONDS))
        .isEqualTo(new VmmExit(false, "the VMM was killed by signal 9"));
  }

  @Test
  void anAdoptedVmStillTellsWhyItEnded() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.close();
    VmmDriver second = restarted();
    CompletableFuture<VmmExit> exit = second.onExit(plan.paths(), handles);

    second.kill(plan.paths(), handles, DEADLINE);

    assertThat(exit.get(30, TimeUnit.SECONDS))
        .isEqualTo(new VmmExit(true, "stopped by the daemon"));
  }

  @Test
  void aStoppedVmmIsKilledWithinTheDeadline() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    CompletableFuture<VmmExit> exit = driver.onExit(plan.paths(), handles);
    signal("STOP", handles);

    assertThat(driver.observe(plan.paths(), Optional.of(handles))).contains(handles);
    assertThatThrownBy(() -> driver.powerButton(plan.paths(), handles, Duration.ofMillis(100)))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
    driver.kill(plan.paths(), handles, DEADLINE);

    assertThat(driver.observe(plan.paths(), Optional.of(handles))).isEmpty();
    assertThat(exit.get(30, TimeUnit.SECONDS)).isEqualTo(new VmmExit(true, "killed by the daemon"));
  }

  @Test
  void aStoppedVmmDoesNotHoldUpANewDaemon() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.close();
    signal("STOP", handles);
    VmmDriver second = restarted();

    assertThat(second.observe(plan.paths(), Optional.empty())).contains(handles);
    assertThat(second.onExit(plan.paths(), handles)).isNotDone();
    second.kill(plan.paths(), handles, DEADLINE);
    assertThat(second.observe(plan.paths(), Optional.empty())).isEmpty();
  }

  @Test
  void aRunningVmIsNotStartedAgainNorAreItsSocketsRemoved() {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    assertFails(() -> driver.launch(plan, DEADLINE), ErrorKind.CONFLICT, "already running");
    assertThatThrownBy(() -> driver.removeLeftovers(plan.paths()))
        .hasMessageContaining("still running");

    assertThat(plan.paths().controlSocket()).exists();
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void aPortThatIsTakenIsNamedAndNothingIsLeft() throws Exception {
    InetAddress address = InetAddress.ofLiteral("127.77.9.8");
    try (ServerSocket taken = new ServerSocket(0, 1, address)) {
      LaunchPlan plan = withNetwork(plan(), List.of(new PortForward(taken.getLocalPort(), 22)));

      assertFails(
          () -> driver.launch(plan, DEADLINE),
          ErrorKind.CONFLICT,
          "cannot forward 127.77.9.8:" + taken.getLocalPort() + ": another program listens there");
      assertThat(plan.paths().runDir()).doesNotExist();
    }
  }

  @Test
  void aForwardedPortIsOpenOnTheVmsOwnAddress() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.77.9.8"))) {
      port = free.getLocalPort();
    }
    LaunchPlan plan = withNetwork(plan(), List.of(new PortForward(port, 22)));
    VmHandles handles = driver.launch(plan, DEADLINE);

    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.77.9.8", port), 10_000);
      assertThat(socket.isConnected()).isTrue();
    }
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void aFileThatIsNoKernelIsRefusedWithQemusOwnWordsAndNothingIsLeft() throws Exception {
    LaunchPlan plan = plan();
    Files.writeString(plan.kernel(), "this is not a kernel ".repeat(1000));

    assertFails(() -> driver.launch(plan, DEADLINE), ErrorKind.INVALID, "cannot boot the kernel");
    assertThat(plan.paths().runDir()).doesNotExist();
  }

  @Test
  void aMissingFileIsNamedBeforeAnythingRuns() throws Exception {
    LaunchPlan plan = plan();
    Files.delete(plan.kernel());

    assertFails(
        () -> driver.launch(plan, DEADLINE),
        ErrorKind.HOST,
        "kernel: " + plan.kernel() + " does not exist");
    assertThat(plan.paths().runDir()).doesNotExist();
  }

  @Test
  void aQemuThatDiesAtOnceIsQuoted() throws Exception {
    QemuDriver broken = newDriver(fakeQemu("echo 'qemu: out of luck' >&2; exit 7").toString());

    assertThatThrownBy(() -> broken.launch(plan(), DEADLINE))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.HOST);
              assertThat(e.details()).contains("qemu: out of luck");
            })
        .hasMessageContaining("exited with code 7")
        .hasMessageContaining("out of luck");
  }

  @Test
  void otherVsockAddressesAreTriedAndThenAPortIsTaken() throws Exception {
    Path said = dir.resolve("said");
    QemuDriver taken =
        withVsock(
            fakeQemu(
                """
                echo "$*" >>"%s"
                case "$*" in *vhost-vsock-device*)
                  echo 'qemu: vhost-vsock: unable to set guest cid: Address already in use' >&2
                  exit 1
                esac
                echo 'qemu: out of luck' >&2
                exit 7
                """
                    .formatted(said)));
    assertThat(taken.agentLink()).isEqualTo("vsock");
    assertThatThrownBy(() -> taken.launch(plan(), DEADLINE)).hasMessageContaining("out of luck");

    List<String> launches = Files.readAllLines(said);
    assertThat(launches).hasSize(GuestCid.TRIES + 1).doesNotHaveDuplicates();
    assertThat(launches.subList(0, GuestCid.TRIES))
        .allSatisfy(line -> assertThat(line).contains("guest-cid=", "banger.vsock=reserved"));
    assertThat(launches.getLast())
        .contains("virtserialport")
        .doesNotContain("banger.vsock=reserved");
  }

  @Test
  void aVsockThatCannotBeHadIsAskedForOnce() throws Exception {
    Path said = dir.resolve("said");
    QemuDriver refused =
        withVsock(
            fakeQemu(
                """
                echo "$*" >>"%s"
                echo 'qemu: vhost-vsock: failed to open vhost device: Permission denied' >&2
                exit 1
                """
                    .formatted(said)));
    assertThatThrownBy(() -> refused.launch(plan(), DEADLINE)).isInstanceOf(BangerException.class);
    assertThat(Files.readAllLines(said)).hasSize(2);
  }

  @Test
  void aQemuThatNeverAnswersIsKilledAtTheDeadline() throws Exception {
    QemuDriver silent = newDriver(fakeQemu("exec sleep 600").toString());
    LaunchPlan plan = plan();

    assertFails(
        () -> silent.launch(plan, Duration.ofMillis(300)), ErrorKind.TIMEOUT, "did not answer");

    assertThat(plan.paths().runDir()).doesNotExist();
    assertThat(ProcessHandle.current().children().map(p -> p.info().command().orElse("")))
        .noneMatch(command -> command.endsWith("/sleep"));
  }

  @Test
  void anInterruptedLaunchLeavesNothing() throws Exception {
    QemuDriver silent = newDriver(fakeQemu("exec sleep 600").toString());
    LaunchPlan plan = plan();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread launching =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    silent.launch(plan, DEADLINE);
                    failure.complete(null);
                  } catch (RuntimeException e) {
                    failure.complete(e);
                  }
                });
    while (ProcessHandle.current().children().noneMatch(QemuDriverTest::isSleep)) {
      Thread.sleep(5);
    }

    launching.interrupt();

    assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
    assertThat(plan.paths().runDir()).doesNotExist();
    assertThat(ProcessHandle.current().children()).noneMatch(QemuDriverTest::isSleep);
  }

  @Test
  void aMissingQemuIsSaidWithWhatToInstall() {
    QemuDriver absent = newDriver("no-such-qemu");

    assertThat(absent.status().usable()).isFalse();
    assertThat(absent.status().reason()).isEqualTo("no-such-qemu is not installed");
    assertThat(absent.status().remedy()).contains("apt install");
    assertFails(() -> absent.launch(plan(), DEADLINE), ErrorKind.UNAVAILABLE, "not installed");
  }

  @Test
  void anOldOrForeignQemuIsNotUsed() throws Exception {
    QemuDriver old = newDriver(fakeVersion("QEMU emulator version 4.2.1").toString());
    QemuDriver foreign = newDriver(fakeVersion("hello").toString());

    assertThat(old.status().usable()).isFalse();
    assertThat(old.status().reason()).contains("is version 4.2.1; at least 6.2 is needed");
    assertThat(foreign.status().reason()).contains("does not answer like QEMU");
  }

  @Test
  void fiveVmsStartAndEndAtTheSameTime() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<LaunchPlan> plans = List.of(plan(), plan(), plan(), plan(), plan());
      List<Callable<VmHandles>> launches = new ArrayList<>();
      plans.forEach(plan -> launches.add(() -> driver.launch(plan, DEADLINE)));
      List<VmHandles> handles = new ArrayList<>();
      for (Future<VmHandles> launched : threads.invokeAll(launches)) {
        handles.add(launched.get());
      }

      assertThat(handles).extracting(VmHandles::pid).doesNotHaveDuplicates();
      List<Callable<Boolean>> kills = new ArrayList<>();
      for (int i = 0; i < plans.size(); i++) {
        VmPaths paths = plans.get(i).paths();
        VmHandles one = handles.get(i);
        kills.add(
            () -> {
              driver.kill(paths, one, DEADLINE);
              return driver.observe(paths, Optional.of(one)).isEmpty();
            });
      }
      for (Future<Boolean> gone : threads.invokeAll(kills)) {
        assertThat(gone.get()).isTrue();
      }
    }
  }

  @Test
  void theControlConnectionIsReopenedWhenItIsLost() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.close();

    driver.powerButton(plan.paths(), handles, DEADLINE);

    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void thePowerButtonOfADeadVmIsRefused() {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.kill(plan.paths(), handles, DEADLINE);

    assertThatThrownBy(() -> driver.powerButton(plan.paths(), handles, DEADLINE))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.ILLEGAL_STATE));
  }

  private VmmExit exitOf(LaunchPlan plan) throws Exception {
    VmHandles handles = driver.launch(plan, DEADLINE);
    return driver.onExit(plan.paths(), handles).get(30, TimeUnit.SECONDS);
  }

  private QemuDriver newDriver(String binary) {
    QemuDriver made =
        new QemuDriver(
            new ProcessCommands(),
            dir.resolve("state"),
            new QemuSettings(
                binary,
                AccelMode.TCG,
                Duration.ofSeconds(5),
                Path.of("/dev/kvm"),
                Path.of("/nowhere")));
    drivers.add(made);
    return made;
  }

  /** As on a host with vsocks. */
  private QemuDriver withVsock(Path binary) throws IOException {
    Path device = Files.createFile(dir.resolve("vhost-vsock"));
    QemuDriver made =
        new QemuDriver(
            new ProcessCommands(),
            dir.resolve("state"),
            new QemuSettings(binary.toString(), AccelMode.TCG),
            new ProbeGuest(new ProcessCommands(), dir.resolve("state")),
            Clock.systemUTC(),
            new VhostVsock(device, () -> true));
    drivers.add(made);
    return made;
  }

  private LaunchPlan plan(Then then) {
    return plan("tiny kernel is up", then);
  }

  private LaunchPlan plan(String line, Then then) {
    VmId id = VmId.random();
    VmPaths paths =
        new VmPaths(id, dir.resolve("vms").resolve(id.value()), dir.resolve(id.value()));
    vms.add(paths);
    try {
      Path kernel = TinyKernel.write(dir.resolve(id + ".kernel"), line, then);
      return new LaunchPlan(
          "box",
          paths,
          1,
          128,
          kernel,
          initrd,
          List.of(),
          List.of(),
          new UserNetwork("06:00:7f:4d:00:05", "127.77.9.8", true, List.of()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static LaunchPlan withNetwork(LaunchPlan plan, List<PortForward> forwards) {
    return new LaunchPlan(
        plan.name(),
        plan.paths(),
        plan.cpus(),
        plan.memoryMiB(),
        plan.kernel(),
        plan.initrd(),
        plan.kernelArgs(),
        plan.disks(),
        new UserNetwork(
            plan.network().mac(), ((UserNetwork) plan.network()).hostAddress(), true, forwards));
  }

  private static void awaitConsole(VmPaths paths, String text) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!Files.readString(paths.console()).contains(text)) {
      assertThat(System.nanoTime()).as("console has: " + text).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private Path fakeQemu(String afterVersion) throws Exception {
    return script(
        "case $1 in --version) echo QEMU emulator version 7.2.0; exit;; esac\n" + afterVersion);
  }

  private Path fakeVersion(String answer) throws Exception {
    return script("echo " + answer);
  }

  private Path script(String text) throws Exception {
    Path file = Files.createTempFile(dir, "qemu", ".sh");
    Files.writeString(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static boolean isSleep(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("/sleep");
  }

  private static void signal(String name, VmHandles handles) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + handles.pid()).start().waitFor())
        .isZero();
  }

  private static void assertFails(Callable<?> call, ErrorKind kind, String message) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind))
        .hasMessageContaining(message);
  }
}
