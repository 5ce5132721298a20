package dev.banger.core.vmm.qemu;

import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.BootConsole;
import dev.banger.core.vmm.BoundedLog;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a VM's QEMU, from launch or adoption to its end: its control connection, and a thread
 * that waits for the end and keeps its files from growing.
 */
final class QemuLife implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(QemuLife.class);

  /** With a control connection its end wakes us, so looking is only a safety net. */
  private static final Duration LOOK_CONNECTED = Duration.ofSeconds(2);

  private static final Duration LOOK_BLIND = Duration.ofMillis(250);

  /** QEMU closes the connection moments before it is gone. */
  private static final Duration LAST_BREATH = Duration.ofSeconds(1);

  private static final Duration CONNECT = Duration.ofMillis(300);

  private final VmPaths paths;
  private final VmHandles handles;
  private final QemuMonitor monitor;
  private final QemuProcesses processes;
  private final Optional<Process> child;
  private final long logStart;
  private final CompletableFuture<VmmExit> exit = new CompletableFuture<>();
  private final Thread watcher;
  private volatile boolean killedByUs;

  /**
   * @param child where this process started it
   * @param logStart where in the VMM's log this run begins
   */
  QemuLife(
      VmPaths paths,
      VmHandles handles,
      QemuMonitor monitor,
      QemuProcesses processes,
      Optional<Process> child,
      long logStart) {
    this.paths = paths;
    this.handles = handles;
    this.monitor = monitor;
    this.processes = processes;
    this.child = child;
    this.logStart = logStart;
    this.watcher = Thread.ofVirtual().name("qemu-watch " + paths.id()).unstarted(this::watch);
  }

  QemuLife start() {
    watcher.start();
    return this;
  }

  VmHandles handles() {
    return handles;
  }

  QemuMonitor monitor() {
    return monitor;
  }

  CompletableFuture<VmmExit> exit() {
    return exit.copy();
  }

  void killedByUs() {
    killedByUs = true;
  }

  /** Stops watching; the VM goes on. */
  @Override
  public void close() {
    watcher.interrupt();
    monitor.close();
  }

  private void watch() {
    try {
      while (processes.isAlive(handles)) {
        trim();
        Optional<CompletableFuture<Void>> end = connectionEnd();
        if (end.isEmpty()) {
          Thread.sleep(LOOK_BLIND);
        } else if (happened(end.get(), LOOK_CONNECTED)) {
          // Either it is ending, or it only dropped us.
          boolean ignored = processes.awaitGone(handles, LAST_BREATH);
        }
      }
      // Its last words may still be in the socket.
      Optional<CompletableFuture<Void>> end = monitor.connectionEnd();
      if (end.isPresent()) {
        boolean ignored = happened(end.get(), LAST_BREATH);
      }
      VmmExit meaning = meaning();
      LOG.info("VM {}: {}", paths.id(), meaning.meaning());
      exit.complete(meaning);
      monitor.close();
    } catch (InterruptedException e) {
      LOG.debug("no longer watching VM {}", paths.id());
    }
  }

  private Optional<CompletableFuture<Void>> connectionEnd() throws InterruptedException {
    try {
      return Optional.of(monitor.connect(CONNECT).onClose());
    } catch (QmpException e) {
      return Optional.empty();
    }
  }

  private static boolean happened(CompletableFuture<Void> future, Duration limit)
      throws InterruptedException {
    try {
      future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private void trim() {
    try {
      BoundedLog.trim(paths.console());
      BoundedLog.trim(paths.vmmLog());
    } catch (IOException e) {
      LOG.debug("cannot trim the logs of VM {}", paths.id(), e);
    }
  }

  private VmmExit meaning() throws InterruptedException {
    OptionalInt code = OptionalInt.empty();
    if (child.isPresent() && child.get().waitFor(LAST_BREATH)) {
      code = OptionalInt.of(child.get().exitValue());
    }
    return ExitMeaning.of(
        monitor.shutdownReason(),
        killedByUs,
        code,
        BoundedLog.tail(paths.vmmLog(), logStart),
        BootConsole.thisBoot(BoundedLog.tail(paths.console(), 0)));
  }
}
