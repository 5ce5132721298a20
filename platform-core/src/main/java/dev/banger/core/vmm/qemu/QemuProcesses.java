package dev.banger.core.vmm.qemu;

import dev.banger.core.host.OwnProcess;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which process is a VM's QEMU. It is when it is alive, belongs to this user, and was started under
 * the VM's name with the VM's control socket: a pid file alone proves nothing.
 */
final class QemuProcesses {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final ProcessTable table;
  private final String bootId;
  private final long uid;

  QemuProcesses(ProcessTable table) {
    this.table = table;
    this.bootId = table.bootId();
    this.uid = table.find(OwnProcess.pid()).orElseThrow().uid();
  }

  String bootId() {
    return bootId;
  }

  /** The process that {@code handles} speak of, if it is still there. */
  Optional<ProcessTable.Entry> find(VmPaths paths, VmHandles handles) {
    if (!handles.hostBootId().equals(bootId)) {
      return Optional.empty();
    }
    return table
        .findAlive(handles.pid(), handles.startTicks())
        .filter(process -> isOf(paths, process));
  }

  /** By pid file, else by looking at every process. */
  Optional<ProcessTable.Entry> search(VmPaths paths) {
    OptionalLong noted = ProcessTable.readPidFile(paths.pidFile());
    if (noted.isPresent()) {
      Optional<ProcessTable.Entry> process =
          table.find(noted.getAsLong()).filter(p -> p.alive() && isOf(paths, p));
      if (process.isPresent()) {
        return process;
      }
    }
    return table.scan(argv -> isOf(paths, argv)).stream()
        .filter(process -> isOf(paths, process))
        .findFirst();
  }

  /** Those of these VMs that have such a process, by one look at every process. */
  Set<VmId> present(List<VmPaths> vms) {
    Map<String, VmPaths> named = new HashMap<>();
    vms.forEach(paths -> named.put(QemuCommandLine.nameOption(paths.id()), paths));
    return table
        .scan(
            argv ->
                Optional.ofNullable(named.get(following(argv, "-name")))
                    .filter(vm -> isOf(vm, argv))
                    .isPresent())
        .stream()
        .map(process -> named.get(following(process.argv(), "-name")))
        .map(VmPaths::id)
        .collect(Collectors.toSet());
  }

  VmHandles handles(ProcessTable.Entry process) {
    return new VmHandles(
        process.pid(),
        process.startTicks(),
        bootId,
        QemuDriver.NAME,
        following(process.argv(), "-accel").startsWith("kvm") ? "kvm" : "tcg");
  }

  /** The guest's vsock address; empty when its agent has a virtio-serial port, or it is gone. */
  OptionalLong cid(VmPaths paths, VmHandles handles) {
    return find(paths, handles)
        .map(process -> GuestCid.in(process.argv()))
        .orElseGet(OptionalLong::empty);
  }

  boolean isAlive(VmHandles handles) {
    return handles.hostBootId().equals(bootId)
        && table.isAlive(handles.pid(), handles.startTicks());
  }

  /** Waits until it is gone or a zombie. */
  boolean awaitGone(VmHandles handles, Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    Duration pause = FIRST_PAUSE;
    while (isAlive(handles)) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(pause);
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
    return true;
  }

  /** SIGKILL, to exactly this process. */
  void kill(ProcessTable.Entry process) {
    table.kill(process);
  }

  /** Ends the probe guests of a daemon that died over them; {@code workDir} says whose they are. */
  void killProbes(Path workDir) {
    String initramfs = workDir.resolve(ProbeGuest.INITRAMFS_PREFIX).toString();
    table
        .scan(
            argv ->
                argv.contains(ProbeGuest.NAME)
                    && argv.stream().anyMatch(word -> word.startsWith(initramfs)))
        .forEach(table::kill);
  }

  private boolean isOf(VmPaths paths, ProcessTable.Entry process) {
    return process.uid() == uid && isOf(paths, process.argv());
  }

  static boolean isOf(VmPaths paths, List<String> argv) {
    return following(argv, "-name").equals(QemuCommandLine.nameOption(paths.id()))
        && argv.contains(QemuCommandLine.controlOption(paths));
  }

  private static String following(List<String> argv, String word) {
    int at = argv.indexOf(word);
    return at >= 0 && at + 1 < argv.size() ? argv.get(at + 1) : "";
  }
}
