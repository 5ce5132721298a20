package dev.banger.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.config.ConfigLoader;
import dev.banger.core.disk.Disks;
import dev.banger.core.doctor.DoctorCheck.Need;
import dev.banger.core.doctor.DoctorCheck.Result;
import dev.banger.core.doctor.DoctorCheck.Status;
import dev.banger.core.host.HostUser;
import dev.banger.core.host.KernelSettings;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.HostNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoreChecksTest {
  private static final HostUser ADA = new HostUser("ada", 1000);
  private static final HostUser ROOT = new HostUser("root", 0);
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

  @TempDir Path temp;

  @Test
  void missingQemuIsAFailureThatNamesThePackage() throws Exception {
    assertThat(new QemuCheck(new FakeCommands(), ADA, Optional.empty()).run())
        .isEqualTo(
            Result.fail(
                "qemu-system-x86_64 is not installed", "sudo apt-get install qemu-system-x86"));
    assertThat(new QemuCheck(new FakeCommands(), ROOT, Optional.empty()).run().remedy())
        .isEqualTo("apt-get install qemu-system-x86");
  }

  @Test
  void aConfiguredQemuThatIsNotThereIsNotReplacedByAnother() throws Exception {
    FakeCommands commands = new FakeCommands().with("qemu-system-x86_64", QEMU, "version 9.0.0");
    Result result = new QemuCheck(commands, ADA, Optional.of(Path.of("/opt/qemu"))).run();
    assertThat(result.status()).isEqualTo(Status.FAIL);
    assertThat(result.summary()).startsWith("/opt/qemu, the qemu_bin of the configuration");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)|OK|7.2.22",
        "QEMU emulator version 10.0.2|OK|10.0.2",
        "QEMU emulator version 7.1.0|FAIL|/usr/bin/qemu-system-x86_64 is QEMU 7.1.0, and 7.2 is the"
            + " oldest that works",
        "QEMU emulator version 6.2|FAIL|/usr/bin/qemu-system-x86_64 is QEMU 6.2, and 7.2 is the"
            + " oldest that works",
        "hello|FAIL|/usr/bin/qemu-system-x86_64 does not say its version",
      })
  void theVersionOfQemuIsJudged(String output, Status status, String summary) throws Exception {
    FakeCommands commands = new FakeCommands().with("qemu-system-x86_64", QEMU, output);
    Result result = new QemuCheck(commands, ADA, Optional.empty()).run();
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.summary()).isEqualTo(summary);
  }

  @Test
  void allMissingToolsAreNamedWithOneCommandToInstallThem() {
    DoctorCheck check =
        new ToolsCheck(
            "image-tools",
            Set.of(Need.IMPORT),
            Status.FAIL,
            List.of(
                new Tool("busybox", "busybox-static", StaticElf::test, "is not static"),
                new Tool("dpkg-deb", "dpkg"),
                new Tool("apt-get", "apt")),
            new FakeCommands().with("apt-get").with("busybox", temp.resolve("none"), ""),
            ADA);
    assertThat(run(check))
        .isEqualTo(
            Result.fail(
                temp.resolve("none") + " is not static, dpkg-deb is not installed",
                "sudo apt-get install busybox-static dpkg"));
  }

  @Test
  void everyToolThatAnImportRefusesToGoWithoutIsChecked() throws Exception {
    List<DoctorCheck> checks =
        CoreChecks.of(
            new FakeCommands(),
            new ConfigLoader(temp.resolve("config.toml"), temp).load(),
            new ConfigLoader(temp.resolve("config.toml"), temp),
            new CoreChecks.Places(temp, temp, temp, temp),
            List.of(),
            () -> temp,
            HostNetwork.USER_MODE::status,
            Disks.of(new FakeCommands(), temp.resolve("agent.img"), temp, "auto"));
    assertThat(checks)
        .filteredOn(check -> check.id().equals("image-tools"))
        .singleElement()
        .satisfies(
            check ->
                assertThat(check.run().summary())
                    .contains("busybox", "apt-get", "dpkg-deb", "debugfs", "depmod", "xz"));
    assertThat(checks)
        .filteredOn(check -> check.id().equals("debian-tools"))
        .singleElement()
        .satisfies(check -> assertThat(check.run().summary()).contains("mmdebstrap", "unshare"));
  }

  @Test
  void aDynamicProgramIsToldFromAStaticOne() throws Exception {
    assertThat(StaticElf.test(Path.of("/proc/self/exe"))).isFalse(); // java needs its libraries
    assertThat(StaticElf.test(Files.writeString(temp.resolve("script"), "#!/bin/sh\n"))).isFalse();
    assertThat(StaticElf.test(temp.resolve("missing"))).isFalse();
    byte[] elf = new byte[64 + 56];
    System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1}, 0, elf, 0, 6);
    elf[32] = 64; // where the program headers begin
    elf[54] = 56; // the size of one
    elf[56] = 1; // how many
    elf[64] = 1; // PT_LOAD
    Path program = temp.resolve("program");
    assertThat(StaticElf.test(Files.write(program, elf))).isTrue();
    elf[64] = 3; // PT_INTERP
    assertThat(StaticElf.test(Files.write(program, elf))).isFalse();
    elf[64] = 1;
    elf[56] = 99; // more headers than there are bytes
    assertThat(StaticElf.test(Files.write(program, elf))).isFalse();
    elf[39] = -1; // an offset beyond all files
    assertThat(StaticElf.test(Files.write(program, elf))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "kernel/unprivileged_userns_clone, 0, kernel.unprivileged_userns_clone=1",
    "kernel/apparmor_restrict_unprivileged_userns, 1,"
        + " kernel.apparmor_restrict_unprivileged_userns=0",
    "user/max_user_namespaces, 0, user.max_user_namespaces=10000",
  })
  void forbiddenUserNamespacesAreAFailureForUsersOnly(String file, String value, String remedy)
      throws Exception {
    Path setting = temp.resolve("sys").resolve(file);
    Files.createDirectories(setting.getParent());
    Files.writeString(setting, value + "\n");
    withSubIds("ada:100000:65536");
    assertThat(namespaces(ADA).run().remedy()).startsWith("sudo sysctl -w " + remedy);
    assertThat(namespaces(ADA).run().status()).isEqualTo(Status.FAIL);
    assertThat(namespaces(ROOT).run().status()).isEqualTo(Status.OK);
  }

  @Test
  void aUserNeedsIdsToMap() throws Exception {
    assertThat(namespaces(ADA).run().summary()).contains("subuid has no range of ids for ada");
    withSubIds("adalbert:100000:65536");
    assertThat(namespaces(ADA).run().remedy()).startsWith("sudo usermod --add-subuids");
    withSubIds("1000:100000:65536");
    assertThat(namespaces(ADA).run().status()).isEqualTo(Status.OK);
  }

  @ParameterizedTest
  @CsvSource({"6000, OK", "5119, WARN", "199, FAIL", "0, FAIL"})
  void littleSpaceIsAWarningAndNoneAFailure(long mib, Status status) {
    Path data = temp.resolve("not").resolve("yet");
    DiskSpaceCheck check =
        new DiskSpaceCheck(
            data,
            asked -> {
              assertThat(asked).isEqualTo(temp);
              return mib * 1024 * 1024;
            });
    assertThat(check.run().status()).isEqualTo(status);
  }

  @Test
  void socketPathsMustFitTheKernel() {
    Path fits = Path.of("/" + "r".repeat(79));
    assertThat(new RunDirectoryCheck(Path.of("/" + "r".repeat(80))).run().summary())
        .endsWith("makes socket paths of 101 bytes, and 100 is the most");
    assertThat(new RunDirectoryCheck(fits).run().summary()).doesNotContain("socket paths");
    // Bytes count, not characters.
    assertThat(new RunDirectoryCheck(Path.of("/" + "\u00e4".repeat(60))).run().summary())
        .contains("socket paths of 141 bytes");
  }

  @Test
  void theRunDirectoryIsNotMadeByLookingAtIt() throws Exception {
    Path base = Files.createTempDirectory(Path.of("/tmp"), "b");
    try {
      assertThat(new RunDirectoryCheck(base.resolve("run")).run().status()).isEqualTo(Status.OK);
      assertThat(base).isEmptyDirectory();
      Path file = Files.createFile(base.resolve("file"));
      assertThat(new RunDirectoryCheck(file.resolve("run")).run().status()).isEqualTo(Status.FAIL);
      Files.delete(file);
    } finally {
      Files.delete(base);
    }
  }

  @Test
  void directoriesOfOthersAndOpenOnesAreTold() throws Exception {
    HostUser me = HostUser.current();
    Path dir = Files.createDirectory(temp.resolve("data"));
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    List<Path> dirs = List.of(dir, temp.resolve("missing"));
    assertThat(new DirectoriesCheck(dirs, me).run().status()).isEqualTo(Status.OK);

    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-x---"));
    assertThat(new DirectoriesCheck(dirs, me).run())
        .isEqualTo(Result.warn("other users can look into " + dir, "chmod 700 " + dir));

    HostUser other = new HostUser("ada", me.uid() + 1);
    assertThat(new DirectoriesCheck(dirs, other).run())
        .satisfies(
            result -> {
              assertThat(result.status()).isEqualTo(Status.FAIL);
              assertThat(result.remedy()).isEqualTo("sudo chown -R ada " + dir);
            });
  }

  @Test
  void openDirectoriesAreShutAndThoseOfOthersAreLeftAlone() throws Exception {
    HostUser me = HostUser.current();
    Path dir = Files.createDirectory(temp.resolve("data"));
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-x---"));
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), elsewhere);
    List<Path> dirs = List.of(dir, link, temp.resolve("missing"));

    assertThat(new DirectoriesCheck(dirs, new HostUser("ada", me.uid() + 1)).fix()).isEmpty();
    assertThat(new DirectoriesCheck(dirs, me).fix()).isEqualTo("chmod 700 " + dir);

    assertThat(new DirectoriesCheck(List.of(dir), me).run().status()).isEqualTo(Status.OK);
    assertThat(Files.getPosixFilePermissions(elsewhere))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(new DirectoriesCheck(dirs, me).fix()).isEmpty();
  }

  @Test
  void theAgentDiskMustBeThereAndNotEmpty() throws Exception {
    Path disk = temp.resolve("agent.img");
    assertThat(new AgentDiskCheck(() -> disk).run().status()).isEqualTo(Status.FAIL);
    Files.createFile(disk);
    assertThat(new AgentDiskCheck(() -> disk).run().status()).isEqualTo(Status.FAIL);
    Files.writeString(disk, "x");
    assertThat(new AgentDiskCheck(() -> disk).run()).isEqualTo(Result.ok(disk.toString()));
  }

  @Test
  void theConfigurationOnDiskIsJudged() throws Exception {
    Path file = temp.resolve("config.toml");
    DoctorCheck check = new ConfigCheck(new ConfigLoader(file, temp));
    assertThat(check.run()).isEqualTo(Result.ok("all defaults, no file"));
    Files.writeString(file, "imag = 1\nstop_grace = 2\n");
    assertThat(check.run().status()).isEqualTo(Status.FAIL);
    assertThat(check.run().summary()).contains("has 2 problems, the first: line 1, column 1");
  }

  @Test
  void anOldJavaIsAFailure() {
    assertThat(new JavaCheck(Runtime.Version.parse("21.0.4")).run().summary())
        .startsWith("this is Java 21.0.4");
    assertThat(new JavaCheck(Runtime.Version.parse("25.0.1")).run().status()).isEqualTo(Status.OK);
  }

  @ParameterizedTest
  @CsvSource({
    "true, kvm, '', OK, guests run at the speed of this host",
    "true, tcg, /dev/kvm is not there, WARN, /dev/kvm is not there",
    "false, '', qemu is too old, FAIL, qemu is too old",
    "false, '', '', FAIL, fake cannot run VMs here",
  })
  void whatADriverSaysOfItselfIsPassedOn(
      boolean usable, String accel, String reason, Status status, String summary) {
    DoctorCheck check =
        new AccelerationCheck(new StatusOnlyDriver(usable, accel, reason, "mend it"));
    assertThat(run(check).status()).isEqualTo(status);
    assertThat(run(check).summary()).isEqualTo(summary);
    assertThat(check.source()).isEqualTo("fake");
  }

  @Test
  void rootDisksAreToldForEachDriverWithTheReasonOfEachKind() throws Exception {
    StatusOnlyDriver driver = new StatusOnlyDriver(true, "tcg", "", "");
    Path absent = temp.resolve("absent");

    Result automatic = run(new RootDiskCheck(disks(absent, "auto"), List.of(driver)));
    assertThat(automatic.status()).isEqualTo(Status.OK);
    assertThat(automatic.summary())
        .startsWith("qcow2 for fake; reflink: could not be tried in " + absent)
        .contains("; qcow2: an overlay of 200 KiB")
        .contains("copy: works everywhere");
    assertThat(run(new RootDiskCheck(disks(absent, "copy"), List.of(driver))).summary())
        .startsWith("copy for fake (vm.root_disk = copy); ");
  }

  @Test
  void aKindOfRootDisksThatWasAskedForAndCannotBeHadIsAFailure() throws Exception {
    Path absent = temp.resolve("absent");
    Result result =
        run(
            new RootDiskCheck(
                disks(absent, "reflink"), List.of(new StatusOnlyDriver(true, "tcg", "", ""))));
    assertThat(result.status()).isEqualTo(Status.FAIL);
    assertThat(result.summary())
        .startsWith("root disks by reflink (vm.root_disk) cannot be made here: could not be tried");
    assertThat(result.remedy()).isEqualTo("leave vm.root_disk out for the best one");
    assertThat(absent).doesNotExist();
  }

  @Test
  void aKindThatCannotBeHadDoesNotKeepVmsThatHaveADiskFromStarting() {
    assertThat(new RootDiskCheck(disks(temp, "reflink"), List.of()).neededFor()).isEmpty();
  }

  private static Disks disks(Path data, String wanted) {
    return Disks.of(new FakeCommands(), data.resolve("agent.img"), data, wanted);
  }

  @Test
  void theNetworkFailsOnlyWhereTheModeThatWasAskedForCannotBeHad() {
    assertThat(run(new NetworkCheck(HostNetwork.USER_MODE::status)))
        .isEqualTo(Result.ok("mode user; it needs no privileges"));
    assertThat(
            run(
                new NetworkCheck(
                    () ->
                        new HostNetwork.Status(
                            "bridge", "br0", "10.0.0.0/8", "", "it is taken", "take another"))))
        .isEqualTo(Result.fail("mode bridge: it is taken", "take another"));
  }

  @Test
  void theWholeListRunsOnThisVeryHost() throws Exception {
    ConfigLoader loader = new ConfigLoader(temp.resolve("config.toml"), temp);
    CoreChecks.Places places =
        new CoreChecks.Places(
            temp, temp.resolve("data"), temp.resolve("state"), temp.resolve("run"));
    List<DoctorCheck> checks =
        CoreChecks.of(
            new ProcessCommands(),
            loader.load(),
            loader,
            places,
            List.of(new StatusOnlyDriver(true, "tcg", "", "")),
            () -> temp.resolve("agent.img"),
            HostNetwork.USER_MODE::status,
            Disks.of(new FakeCommands(), temp.resolve("agent.img"), temp, "auto"));
    List<Finding> findings = new Doctor(() -> checks).run();
    assertThat(findings).extracting(Finding::id).doesNotHaveDuplicates().contains("qemu", "kvm");
    assertThat(findings)
        .allSatisfy(
            finding -> {
              assertThat(finding.summary())
                  .isNotEmpty()
                  .doesNotContain("the check itself failed", "did not end");
              if (finding.status() != Status.OK && !finding.id().equals("kvm")) {
                assertThat(finding.remedy()).as(finding.id()).isNotEmpty();
              }
            });
    assertThat(temp).isEmptyDirectory();
  }

  private static Result run(DoctorCheck check) {
    try {
      return check.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private UserNamespacesCheck namespaces(HostUser user) {
    return new UserNamespacesCheck(user, new KernelSettings(temp.resolve("sys")), temp);
  }

  private void withSubIds(String line) throws Exception {
    Files.writeString(temp.resolve("subuid"), line + "\n");
    Files.writeString(temp.resolve("subgid"), line + "\n");
  }
}
