package dev.banger.core.vmm.qemu;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.PlanChecks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * From a plan to QEMU's arguments. Knows nothing but its arguments; everything odd is refused here,
 * before anything runs.
 *
 * <p>The choices that are not obvious:
 *
 * <ul>
 *   <li>{@code microvm} with ACPI: devices are found without kernel arguments and the power button
 *       works. Its pit and pic stay on: without them emulated guests hang at boot.
 *   <li>{@code -sandbox} with {@code spawn=deny} and without {@code -daemonize}, which forks and so
 *       cannot be had together with it: a guest that takes over QEMU can start nothing. The session
 *       of its own comes from the way it is started.
 *   <li>Disks: the page cache of the host ({@code cache=writeback}) is shared by all VMs over one
 *       image, and a guest's flush still reaches the disk. {@code aio=threads} works on every file
 *       system and kernel; {@code native} needs O_DIRECT, {@code io_uring} may be off by policy.
 *       Blocks that the guest discards or fills with zeroes go back to the host.
 *   <li>Every virtio device names its bus, for otherwise the order in which the guest sees disks is
 *       QEMU's choice.
 *   <li>{@code tb-size} bounds what translation may add to the guest's memory; the default is 1 GiB
 *       per VM.
 *   <li>{@code -S}: the guest waits until the control connection is there, so that its end is never
 *       missed.
 *   <li>The console is appended to, so that the host may cut the file while QEMU writes.
 * </ul>
 */
final class QemuCommandLine {
  private static final String GUEST_ADDRESS = "10.0.2.15";

  /**
   * QEMU fills the 24 virtio-mmio transports of a microvm with ACPI from the last one down, and
   * Linux finds them in that order. With QEMU 7.2 devices on the first ones lose their interrupts,
   * so only the last eight are used.
   */
  private static final int LAST_SLOT = 23;

  private static final int SLOTS = 8;

  /** Network, entropy, agent. */
  private static final int OTHER_DEVICES = 3;

  private static final int TRANSLATION_CACHE_MIB = 256;

  private final List<String> argv = new ArrayList<>();
  private int nextSlot = LAST_SLOT;

  private QemuCommandLine() {}

  /**
   * @param binary absolute path of QEMU
   * @throws BangerException of kind INVALID naming the value that cannot be used
   */
  static List<String> of(LaunchPlan plan, Path binary, Accelerator accelerator, AgentLine agent) {
    PlanChecks.check(plan, SLOTS - OTHER_DEVICES);
    VmPaths paths = plan.paths();
    QemuCommandLine line = new QemuCommandLine();
    line.add(QemuOption.plain("qemu", binary));
    line.add("-name", nameOption(paths.id()));
    line.machine(accelerator);
    line.add("-S");
    line.add("-smp", Integer.toString(plan.cpus()));
    line.add("-m", plan.memoryMiB() + "M");
    line.add("-kernel", QemuOption.plain("kernel", plan.kernel()));
    line.add("-initrd", QemuOption.plain("initrd", plan.initrd()));
    line.add("-append", KernelArguments.of(accelerator, kernelArgs(plan, agent)));
    line.console(paths);
    plan.disks().forEach(line::disk);
    line.network(plan.network());
    line.add("-device", line.device("virtio-rng-device"));
    switch (agent) {
      case AgentLine.Serial _ -> line.agentPort(paths);
      case AgentLine.Vsock(long cid) ->
          line.add("-device", line.device("vhost-vsock-device").with("guest-cid", cid));
    }
    line.control(paths);
    return line.argv;
  }

  private static List<String> kernelArgs(LaunchPlan plan, AgentLine agent) {
    List<String> words = new ArrayList<>(plan.kernelArgs());
    if (agent instanceof AgentLine.Vsock) {
      words.add(VhostVsock.KERNEL_ARGUMENT);
    }
    return words;
  }

  /** The value of {@code -name}, by which a VM's QEMU is known in a list of processes. */
  static String nameOption(VmId id) {
    return "banger-" + id + ",process=banger-" + id;
  }

  /** The value of {@code -chardev} for QMP; with the name it proves that a QEMU is this VM's. */
  static String controlOption(VmPaths paths) {
    return QemuOption.of("socket")
        .with("id", "qmp")
        .with("path", paths.controlSocket())
        .with("server", true)
        .with("wait", false)
        .toString();
  }

  /** Machine and processor, and what every guest of ours has in common, the probe's too. */
  private void machine(Accelerator accelerator) {
    addAll(machineArguments(accelerator));
  }

  static List<String> machineArguments(Accelerator accelerator) {
    List<String> words = new ArrayList<>();
    words.addAll(
        List.of(
            "-M",
            "microvm,acpi=on,rtc=on,isa-serial=on,pit=on,pic=on,dump-guest-core=off,mem-merge=off"));
    switch (accelerator) {
      case Accelerator.Kvm(var cpuModel) ->
          words.addAll(List.of("-accel", "kvm", "-cpu", cpuModel));
      case Accelerator.Tcg(_) ->
          words.addAll(List.of("-accel", "tcg,tb-size=" + TRANSLATION_CACHE_MIB, "-cpu", "max"));
    }
    words.addAll(
        List.of(
            "-nodefaults",
            "-no-user-config",
            "-display",
            "none",
            "-no-reboot",
            "-sandbox",
            "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"));
    return words;
  }

  private void console(VmPaths paths) {
    add(
        "-chardev",
        QemuOption.of("file")
            .with("id", "console")
            .with("path", paths.console())
            .with("append", true));
    add("-serial", "chardev:console");
  }

  private void disk(LaunchPlan.Disk disk) {
    String node = "disk-" + disk.id();
    QemuOption backend =
        QemuOption.of("driver=" + format(disk.format()))
            .with("node-name", node)
            .with("read-only", disk.readOnly());
    if (!disk.readOnly()) {
      backend.with("discard", "unmap").with("detect-zeroes", "unmap");
    }
    backend
        .with("cache.direct", false)
        .with("cache.no-flush", false)
        .with("file.driver", isDevice(disk.file()) ? "host_device" : "file")
        .with("file.filename", disk.file())
        .with("file.aio", "threads");
    if (!disk.readOnly()) {
      backend.with("file.discard", "unmap");
    }
    add("-blockdev", backend);
    add(
        "-device",
        device("virtio-blk-device")
            .with("id", "blk-" + disk.id())
            .with("drive", node)
            .with("serial", disk.id()));
  }

  /** By its place: this class looks at nothing. */
  static boolean isDevice(Path disk) {
    return disk.startsWith("/dev");
  }

  private static String format(LaunchPlan.Disk.Format format) {
    return switch (format) {
      case RAW -> "raw";
      case QCOW2 -> "qcow2";
    };
  }

  private void network(LaunchPlan.Network network) {
    add(
        "-netdev",
        switch (network) {
          case LaunchPlan.UserNetwork user -> userBackend(user);
          case LaunchPlan.TapNetwork tap -> tapBackend(tap);
        });
    add("-device", device("virtio-net-device").with("netdev", "net0").with("mac", network.mac()));
  }

  /** QEMU opens the device itself, by name; without scripts, which its sandbox would not run. */
  private static QemuOption tapBackend(LaunchPlan.TapNetwork network) {
    return QemuOption.of("tap")
        .with("id", "net0")
        .with("ifname", network.device())
        .with("script", "no")
        .with("downscript", "no");
  }

  private static QemuOption userBackend(LaunchPlan.UserNetwork network) {
    // IPv6 off: the guest's addresses are given to it, and the advertised ones lead nowhere.
    QemuOption backend =
        QemuOption.of("user")
            .with("id", "net0")
            .with("ipv6", false)
            .with("restrict", !network.outbound());
    for (LaunchPlan.PortForward forward : network.forwards()) {
      backend.with(
          "hostfwd",
          "tcp:%s:%d-%s:%d"
              .formatted(
                  network.hostAddress(), forward.hostPort(), GUEST_ADDRESS, forward.guestPort()));
    }
    return backend;
  }

  private void agentPort(VmPaths paths) {
    // Port 0 belongs to a console, so the first of ours is 1.
    add("-device", device("virtio-serial-device").with("id", "agentbus").with("max_ports", 2));
    add(
        "-chardev",
        QemuOption.of("socket")
            .with("id", "agent")
            .with("path", paths.agentSocket())
            .with("server", true)
            .with("wait", false));
    add(
        "-device",
        QemuOption.of("virtserialport")
            .with("bus", "agentbus.0")
            .with("chardev", "agent")
            .with("name", "banger.agent.0"));
  }

  private void control(VmPaths paths) {
    add("-chardev", controlOption(paths));
    add("-mon", "chardev=qmp,mode=control");
    add("-pidfile", QemuOption.plain("pid file", paths.pidFile()));
  }

  private QemuOption device(String model) {
    return QemuOption.of(model).with("bus", "virtio-mmio-bus." + nextSlot--);
  }

  private void add(String... words) {
    argv.addAll(List.of(words));
  }

  private void add(String word, QemuOption option) {
    add(word, option.toString());
  }

  private void addAll(List<String> words) {
    argv.addAll(words);
  }
}
