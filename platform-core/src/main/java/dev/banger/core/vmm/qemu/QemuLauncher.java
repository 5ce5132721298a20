package dev.banger.core.vmm.qemu;

import dev.banger.core.host.DetachedCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.BootConsole;
import dev.banger.core.vmm.BoundedLog;
import dev.banger.core.vmm.Deadline;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** From arguments to a QEMU that answers, or to nothing at all. */
final class QemuLauncher {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(5);

  /** A killed process that was ours is reaped at once. */
  private static final Duration REAP = Duration.ofSeconds(5);

  private final DetachedCommands detached;
  private final QemuProcesses processes;
  private final Clock clock;

  QemuLauncher(DetachedCommands detached, QemuProcesses processes, Clock clock) {
    this.detached = detached;
    this.processes = processes;
    this.clock = clock;
  }

  QemuLife launch(LaunchPlan plan, List<String> argv, Deadline end) throws InterruptedException {
    VmPaths paths = plan.paths();
    prepare(plan);
    long logStart = BoundedLog.size(paths.vmmLog());
    Process process = detached.start(argv, paths.vmmLog());
    QemuMonitor monitor = new QemuMonitor(paths);
    boolean up = false;
    try {
      awaitControl(plan, process, monitor, logStart, end);
      ProcessTable.Entry entry =
          processes.search(paths).orElseThrow(() -> died(plan, process, logStart));
      release(plan, monitor, end);
      up = true;
      return new QemuLife(
              paths, processes.handles(entry), monitor, processes, Optional.of(process), logStart)
          .start();
    } finally {
      if (!up) {
        monitor.close();
        process.destroyForcibly();
        // Not to be interrupted: nothing must be left.
        process.onExit().completeOnTimeout(process, REAP.toMillis(), TimeUnit.MILLISECONDS).join();
        removeFiles(paths);
      }
    }
  }

  QemuLife adopt(VmPaths paths, VmHandles handles) {
    return new QemuLife(
            paths,
            handles,
            new QemuMonitor(paths),
            processes,
            Optional.empty(),
            BoundedLog.size(paths.vmmLog()))
        .start();
  }

  /** Removes what a dead QEMU left in the run directory, and the directory when that was all. */
  void removeFiles(VmPaths paths) {
    try {
      Files.deleteIfExists(paths.pidFile());
      Files.deleteIfExists(paths.controlSocket());
      Files.deleteIfExists(paths.agentSocket());
      Files.deleteIfExists(paths.runDir());
    } catch (DirectoryNotEmptyException e) {
      // Somebody else keeps a file there; it is theirs to remove.
    } catch (IOException e) {
      throw QemuDriver.host("cannot clean up " + paths.runDir(), e);
    }
  }

  private void prepare(LaunchPlan plan) {
    VmPaths paths = plan.paths();
    removeFiles(paths);
    try {
      Files.createDirectories(paths.dir(), PosixFilePermissions.asFileAttribute(PRIVATE));
      createPrivate(paths.runDir());
      BoundedLog.trim(paths.console());
      Files.writeString(
          paths.console(),
          "\n%s%s at %s ---\n"
              .formatted(
                  BootConsole.BOOT_LINE,
                  paths.id(),
                  clock.instant().truncatedTo(ChronoUnit.SECONDS)),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw QemuDriver.host("cannot prepare the directories of VM " + paths.id(), e);
    }
  }

  private static void createPrivate(Path dir) throws IOException {
    Files.createDirectories(dir.getParent());
    try {
      Files.createDirectory(dir, PosixFilePermissions.asFileAttribute(PRIVATE));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      Files.setPosixFilePermissions(dir, PRIVATE);
    }
  }

  /** Waits until QEMU has finished starting: only then does it answer on its control socket. */
  private static void awaitControl(
      LaunchPlan plan, Process process, QemuMonitor monitor, long logStart, Deadline end)
      throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    while (true) {
      if (!process.isAlive()) {
        throw died(plan, process, logStart);
      }
      try {
        if (Files.exists(plan.paths().controlSocket())) {
          monitor.execute("query-status", Map.of(), end.left());
          return;
        }
      } catch (QmpException e) {
        // Not listening yet, or gone, or out of time: the next round tells which.
      }
      if (end.passed()) {
        throw new BangerException(
            ErrorKind.TIMEOUT,
            "QEMU did not answer in the time given for starting VM " + plan.name(),
            "",
            BoundedLog.tail(plan.paths().vmmLog(), logStart),
            null);
      }
      Thread.sleep(end.atMost(pause));
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  /** QEMU has held the guest back ({@code -S}), so that its end is heard however soon it comes. */
  private static void release(LaunchPlan plan, QemuMonitor monitor, Deadline end)
      throws InterruptedException {
    try {
      monitor.execute("cont", Map.of(), end.left());
    } catch (QmpException e) {
      if (e.reason() == QmpException.Reason.CLOSED && !monitor.shutdownReason().isEmpty()) {
        return; // The guest ran, and has ended already.
      }
      throw new BangerException(
          e.reason() == QmpException.Reason.TIMEOUT ? ErrorKind.TIMEOUT : ErrorKind.HOST,
          "QEMU did not let VM %s run: %s".formatted(plan.name(), e.getMessage()),
          "",
          List.of(),
          e);
    }
  }

  private static BangerException died(LaunchPlan plan, Process process, long logStart) {
    String how =
        process.isAlive()
            ? "started, but not under the name it was given"
            : process.exitValue() > 128
                ? "was killed by signal " + (process.exitValue() - 128)
                : "exited with code " + process.exitValue();
    return LaunchFailures.explain(plan, how, BoundedLog.tail(plan.paths().vmmLog(), logStart));
  }
}
