package dev.banger.core.vmm.firecracker;

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
 * Which process is a VM's Firecracker. It is when it is alive, belongs to this user, and was
 * started with the VM's id and the VM's API socket: a pid file alone proves nothing.
 */
final class FirecrackerProcesses {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
  private static final String ID = "--id";
  private static final String SOCKET = "--api-sock";

  private final ProcessTable table;
  private final String bootId;
  private final long uid;

  FirecrackerProcesses(ProcessTable table) {
    this.table = table;
    this.bootId = table.bootId();
    this.uid = table.find(OwnProcess.pid()).orElseThrow().uid();
  }

  /** What a VM's Firecracker is started with, and known by. */
  static List<String> argv(Path binary, VmPaths paths) {
    // What it says before it is told its log goes where the guest's console goes: no chatter.
    return List.of(
        binary.toString(),
        ID,
        paths.id().value(),
        SOCKET,
        paths.controlSocket().toString(),
        "--level",
        "Warning");
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
      Optional<ProcessTable.Entry> process = of(paths, noted.getAsLong());
      if (process.isPresent()) {
        return process;
      }
    }
    return table.scan(argv -> isOf(paths, argv)).stream()
        .filter(process -> isOf(paths, process))
        .findFirst();
  }

  /** That process, if it is this VM's. */
  Optional<ProcessTable.Entry> of(VmPaths paths, long pid) {
    return table.find(pid).filter(process -> process.alive() && isOf(paths, process));
  }

  /** Those of these VMs that have such a process, by one look at every process. */
  Set<VmId> present(List<VmPaths> vms) {
    Map<String, VmPaths> named = new HashMap<>();
    vms.forEach(paths -> named.put(paths.id().value(), paths));
    return table
        .scan(
            argv ->
                Optional.ofNullable(named.get(following(argv, ID)))
                    .filter(vm -> isOf(vm, argv))
                    .isPresent())
        .stream()
        .map(process -> named.get(following(process.argv(), ID)))
        .map(VmPaths::id)
        .collect(Collectors.toSet());
  }

  VmHandles handles(ProcessTable.Entry process) {
    return new VmHandles(
        process.pid(), process.startTicks(), bootId, FirecrackerDriver.NAME, "kvm");
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
    String config = workDir.resolve(FirecrackerProbe.FILE_PREFIX).toString();
    table
        .scan(
            argv ->
                following(argv, ID).equals(FirecrackerProbe.ID)
                    && following(argv, "--config-file").startsWith(config))
        .forEach(table::kill);
  }

  private boolean isOf(VmPaths paths, ProcessTable.Entry process) {
    return process.uid() == uid && isOf(paths, process.argv());
  }

  static boolean isOf(VmPaths paths, List<String> argv) {
    return following(argv, ID).equals(paths.id().value())
        && following(argv, SOCKET).equals(paths.controlSocket().toString());
  }

  private static String following(List<String> argv, String word) {
    int at = argv.indexOf(word);
    return at >= 0 && at + 1 < argv.size() ? argv.get(at + 1) : "";
  }
}
