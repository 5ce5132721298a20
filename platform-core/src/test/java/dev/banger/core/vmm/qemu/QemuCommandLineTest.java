package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.lifecycle.LaunchPlan.Network;
import dev.banger.core.lifecycle.LaunchPlan.PortForward;
import dev.banger.core.lifecycle.LaunchPlan.TapNetwork;
import dev.banger.core.lifecycle.LaunchPlan.UserNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QemuCommandLineTest {
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
  private static final Accelerator TCG = new Accelerator.Tcg(OptionalLong.of(2_596_124));
  private static final AgentLine SERIAL = new AgentLine.Serial();

  @Test
  void theWholeCommandLineOfAnEmulatedVm() {
    assertThat(String.join("\n", QemuCommandLine.of(plan().build(), QEMU, TCG, SERIAL)))
        .isEqualTo(
            """
            /usr/bin/qemu-system-x86_64
            -name
            banger-0123456789ab,process=banger-0123456789ab
            -M
            microvm,acpi=on,rtc=on,isa-serial=on,pit=on,pic=on,dump-guest-core=off,mem-merge=off
            -accel
            tcg,tb-size=256
            -cpu
            max
            -nodefaults
            -no-user-config
            -display
            none
            -no-reboot
            -sandbox
            on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny
            -S
            -smp
            2
            -m
            2048M
            -kernel
            /img/vmlinuz
            -initrd
            /vms/a/initrd.img
            -append
            console=ttyS0 8250.nr_uarts=1 quiet panic=1 reboot=t tsc_early_khz=2596124 tsc=reliable \
            no_timer_check cryptomgr.notests banger.root=vda
            -chardev
            file,id=console,path=/vms/a/console.log,append=on
            -serial
            chardev:console
            -blockdev
            driver=qcow2,node-name=disk-root,read-only=off,discard=unmap,detect-zeroes=unmap,\
            cache.direct=off,cache.no-flush=off,file.driver=file,file.filename=/vms/a/root.qcow2,\
            file.aio=threads,file.discard=unmap
            -device
            virtio-blk-device,bus=virtio-mmio-bus.23,id=blk-root,drive=disk-root,serial=root
            -blockdev
            driver=raw,node-name=disk-agent,read-only=on,cache.direct=off,cache.no-flush=off,\
            file.driver=file,file.filename=/agent.img,file.aio=threads
            -device
            virtio-blk-device,bus=virtio-mmio-bus.22,id=blk-agent,drive=disk-agent,serial=agent
            -netdev
            user,id=net0,ipv6=off,restrict=off,hostfwd=tcp:127.77.0.5:2222-10.0.2.15:22,\
            hostfwd=tcp:127.77.0.5:3000-10.0.2.15:3000
            -device
            virtio-net-device,bus=virtio-mmio-bus.21,netdev=net0,mac=06:00:7f:4d:00:05
            -device
            virtio-rng-device,bus=virtio-mmio-bus.20
            -device
            virtio-serial-device,bus=virtio-mmio-bus.19,id=agentbus,max_ports=2
            -chardev
            socket,id=agent,path=/run/a/a.sock,server=on,wait=off
            -device
            virtserialport,bus=agentbus.0,chardev=agent,name=banger.agent.0
            -chardev
            socket,id=qmp,path=/run/a/q.sock,server=on,wait=off
            -mon
            chardev=qmp,mode=control
            -pidfile
            /run/a/vmm.pid""");
  }

  @Test
  void underKvmTheProcessorIsTheHostsAndTheClockNeedsNoHelp() {
    List<String> argv =
        QemuCommandLine.of(
            plan().build(), QEMU, new Accelerator.Kvm("host,-arch-capabilities"), SERIAL);

    assertThat(argv)
        .containsSequence("-accel", "kvm", "-cpu", "host,-arch-capabilities")
        .contains("console=ttyS0 8250.nr_uarts=1 quiet panic=1 reboot=t banger.root=vda");
  }

  @Test
  void whereTheHostHasVsocksTheAgentIsReachedByOneAndInsistsOnRoot() {
    List<String> argv =
        QemuCommandLine.of(plan().build(), QEMU, TCG, new AgentLine.Vsock(4_294_967_294L));

    assertThat(argv)
        .containsSequence(
            "-device", "vhost-vsock-device,bus=virtio-mmio-bus.19,guest-cid=4294967294")
        .anyMatch(word -> word.endsWith(" banger.root=vda banger.vsock=reserved"))
        .noneMatch(word -> word.contains("virtio-serial") || word.contains("a.sock"));
    assertThat(GuestCid.in(argv)).hasValue(4_294_967_294L);
    assertThat(GuestCid.in(QemuCommandLine.of(plan().build(), QEMU, TCG, SERIAL))).isEmpty();
  }

  @Test
  void withoutAKnownFrequencyTheGuestIsNotToldOne() {
    assertThat(
            QemuCommandLine.of(
                plan().build(), QEMU, new Accelerator.Tcg(OptionalLong.empty()), SERIAL))
        .contains(
            "console=ttyS0 8250.nr_uarts=1 quiet panic=1 reboot=t no_timer_check"
                + " cryptomgr.notests banger.root=vda");
  }

  @Test
  void aVmWithoutOutboundTrafficIsRestricted() {
    assertThat(
            QemuCommandLine.of(
                plan().network(network(false, "127.77.0.5", List.of())).build(), QEMU, TCG, SERIAL))
        .contains("user,id=net0,ipv6=off,restrict=on");
  }

  @Test
  void commasAreDoubledWhereTheySeparateAndOnlyThere() {
    Plan plan = plan();
    plan.paths = new VmPaths(new VmId("0123456789ab"), Path.of("/a,b"), Path.of("/r,file=/x"));
    plan.kernel = Path.of("/k,1");
    plan.disks = List.of(new Disk("root", Path.of("/d,read-only=on"), Disk.Format.RAW, false));

    List<String> argv = QemuCommandLine.of(plan.build(), QEMU, TCG, SERIAL);

    assertThat(argv)
        .contains("/k,1", "/r,file=/x/vmm.pid")
        .contains("file,id=console,path=/a,,b/console.log,append=on")
        .contains("socket,id=qmp,path=/r,,file=/x/q.sock,server=on,wait=off")
        .anyMatch(word -> word.contains("file.filename=/d,,read-only=on,file.aio=threads"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/new\nline", "/tab\t", "/escape\u001b[2J", "/delete\u007f", "relative"})
  void pathsThatNobodyNeedsAreRefused(String path) {
    Plan kernel = plan();
    kernel.kernel = Path.of(path);
    Plan disk = plan();
    disk.disks = List.of(new Disk("root", Path.of(path), Disk.Format.RAW, false));

    assertRefused(kernel, "kernel");
    assertRefused(disk, "file.filename");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "new\nline", "quo\"te", "ümlaut", "tab\t"})
  void kernelArgumentsThatLinuxWouldReadOtherwiseAreRefused(String word) {
    Plan plan = plan();
    plan.kernelArgs = List.of(word);

    assertRefused(plan, "kernel argument \"");
  }

  @Test
  void aKernelCommandLineThatLinuxWouldCutIsRefused() {
    Plan plan = plan();
    plan.kernelArgs = Collections.nCopies(300, "a=123456");

    assertRefused(plan, "Linux takes at most 2047");
  }

  @Test
  void aSocketPathThatDoesNotFitIsRefusedWithItsLength() {
    Plan plan = plan();
    plan.paths = new VmPaths(plan.paths.id(), plan.paths.dir(), Path.of("/" + "r".repeat(101)));

    assertRefused(plan, "109 bytes, Linux takes at most 107");
  }

  @ParameterizedTest
  @MethodSource
  void valuesOutOfRangeAreNamed(Plan plan, String message) {
    assertRefused(plan, message);
  }

  static Stream<Arguments> valuesOutOfRangeAreNamed() {
    Disk disk = new Disk("d", Path.of("/d"), Disk.Format.RAW, false);
    return Stream.of(
        Arguments.of(plan().cpus(0), "cpus: 0 is not in 1 to 64"),
        Arguments.of(plan().cpus(65), "cpus: 65 is not in 1 to 64"),
        Arguments.of(plan().memory(63), "memory: 63 MiB is less than 64 MiB"),
        Arguments.of(plan().disks(Collections.nCopies(6, disk)), "disks: 6 are more than the 5"),
        Arguments.of(plan().disks(List.of(disk, disk)), "disk id d: given twice"),
        Arguments.of(
            plan().disks(List.of(new Disk("a,b", Path.of("/d"), Disk.Format.RAW, false))),
            "disk id a,b"),
        Arguments.of(plan().network(network(true, "10.0.0.1", List.of())), "host address 10.0.0.1"),
        Arguments.of(
            plan().network(network(true, "127.77.0.256", List.of())), "host address 127.77.0.256"),
        Arguments.of(
            plan().network(network(true, "127.0.0.1:1-,x", List.of())), "host address 127.0.0.1:1"),
        Arguments.of(
            plan().network(network(true, "127.0.0.1", List.of(new PortForward(0, 22)))),
            "host port 0"),
        Arguments.of(
            plan().network(network(true, "127.0.0.1", List.of(new PortForward(22, 65536)))),
            "guest port 65536"),
        Arguments.of(
            plan()
                .network(
                    network(
                        true,
                        "127.0.0.1",
                        List.of(new PortForward(22, 22), new PortForward(22, 23)))),
            "host port 22: forwarded twice"),
        Arguments.of(
            plan().network(new UserNetwork("06:00:7f", "127.0.0.1", true, List.of())), "mac"),
        Arguments.of(
            plan().network(new UserNetwork("07:00:7f:4d:00:05", "127.0.0.1", true, List.of())),
            "multicast"),
        Arguments.of(
            plan().network(new TapNetwork("06:00:ac:1e:00:05", "bgr-1,script=/bin/sh")),
            "network device bgr-1"),
        Arguments.of(
            plan().network(new TapNetwork("06:00:ac:1e:00:05", "bgr-0123456789ab")),
            "network device bgr-0123456789ab"));
  }

  @Test
  void aTapDeviceIsOpenedByNameAndRunsNoScript() {
    assertThat(
            QemuCommandLine.of(
                plan().network(new TapNetwork("06:00:ac:1e:00:05", "bgr-01234567")).build(),
                QEMU,
                TCG,
                SERIAL))
        .containsSubsequence(
            "-netdev", "tap,id=net0,ifname=bgr-01234567,script=no,downscript=no", "-device")
        .anyMatch(word -> word.endsWith(",netdev=net0,mac=06:00:ac:1e:00:05"));
  }

  @Test
  void aDiskThatIsADeviceOfTheHostIsOpenedAsOne() {
    Disk device = new Disk("root", Path.of("/dev/mapper/banger-1"), Disk.Format.RAW, false);
    assertThat(QemuCommandLine.of(plan().disks(List.of(device)).build(), QEMU, TCG, SERIAL))
        .anyMatch(
            word ->
                word.startsWith("driver=raw")
                    && word.contains(
                        "file.driver=host_device,file.filename=/dev/mapper/banger-1,"));
  }

  private static void assertRefused(Plan plan, String message) {
    assertThatThrownBy(() -> QemuCommandLine.of(plan.build(), QEMU, TCG, SERIAL))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
        .hasMessageContaining(message)
        .message()
        .doesNotMatch("(?s).*\\p{Cntrl}.*");
  }

  private static UserNetwork network(boolean outbound, String address, List<PortForward> forwards) {
    return new UserNetwork("06:00:7f:4d:00:05", address, outbound, forwards);
  }

  private static Plan plan() {
    return new Plan();
  }

  /** A good plan, to be spoiled one value at a time. */
  static final class Plan {
    VmPaths paths = new VmPaths(new VmId("0123456789ab"), Path.of("/vms/a"), Path.of("/run/a"));
    int cpus = 2;
    int memoryMiB = 2048;
    Path kernel = Path.of("/img/vmlinuz");
    List<String> kernelArgs = List.of("banger.root=vda");
    List<Disk> disks =
        List.of(
            new Disk("root", Path.of("/vms/a/root.qcow2"), Disk.Format.QCOW2, false),
            new Disk("agent", Path.of("/agent.img"), Disk.Format.RAW, true));
    Network network =
        QemuCommandLineTest.network(
            true, "127.77.0.5", List.of(new PortForward(2222, 22), new PortForward(3000, 3000)));

    Plan cpus(int value) {
      cpus = value;
      return this;
    }

    Plan memory(int value) {
      memoryMiB = value;
      return this;
    }

    Plan disks(List<Disk> value) {
      disks = value;
      return this;
    }

    Plan network(Network value) {
      network = value;
      return this;
    }

    LaunchPlan build() {
      return new LaunchPlan(
          "box", paths, cpus, memoryMiB, kernel, paths.initrd(), kernelArgs, disks, network);
    }
  }
}
