package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.VmmDriver.Counters;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.BootConsole;
import dev.banger.core.vmm.BoundedLog;
import dev.banger.core.vmm.Deadline;
import dev.banger.protocol.Protocol;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a VM's Firecracker, from launch or adoption to its end: its API, the way to its
 * guest's agent, and a thread that waits for the end and keeps its files from growing.
 */
final class FirecrackerLife implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(FirecrackerLife.class);

  /** Of a child we hear at once that it ended; of others by looking. */
  private static final Duration LOOK_AT_CHILD = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofMillis(250);

  private static final Duration LAST_BREATH = Duration.ofSeconds(1);

  /** A guest whose agent listens answers within milliseconds; it gives up itself after two. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(2);

  /** Of one that has not reported: while it boots nobody answers, and its report is waited for. */
  private static final Duration GLANCE = Duration.ofMillis(200);

  /** Firecracker writes its metrics once a minute. */
  private static final Duration COUNT = Duration.ofMinutes(1);

  private final VmPaths paths;
  private final VmHandles handles;
  private final FirecrackerApi api;
  private final AgentReadiness readiness;
  private final Metrics metrics;
  private final FirecrackerProcesses processes;
  private final Optional<Process> child;
  private final CompletableFuture<VmmExit> exit = new CompletableFuture<>();
  private final Thread watcher;
  private volatile ExitMeaning.ByUs byUs = ExitMeaning.ByUs.NO;
  private long consoleSeen = -1;

  /**
   * @param child where this process started it
   */
  FirecrackerLife(
      VmPaths paths,
      VmHandles handles,
      FirecrackerApi api,
      AgentReadiness readiness,
      Metrics metrics,
      FirecrackerProcesses processes,
      Optional<Process> child) {
    this.paths = paths;
    this.handles = handles;
    this.api = api;
    this.readiness = readiness;
    this.metrics = metrics;
    this.processes = processes;
    this.child = child;
    this.watcher =
        Thread.ofVirtual().name("firecracker-watch " + paths.id()).unstarted(this::watch);
  }

  FirecrackerLife start() {
    watcher.start();
    return this;
  }

  VmHandles handles() {
    return handles;
  }

  FirecrackerApi api() {
    return api;
  }

  CompletableFuture<VmmExit> exit() {
    return exit.copy();
  }

  void killedByUs() {
    byUs = ExitMeaning.ByUs.KILLED;
  }

  /** See {@link dev.banger.core.lifecycle.VmmDriver#openAgent}. */
  SocketChannel openAgent(Duration limit) throws IOException, InterruptedException {
    Deadline end = Deadline.in(limit);
    boolean reported = readiness.await(limit);
    SocketChannel channel =
        HybridVsock.open(
            paths.agentSocket(), Protocol.VSOCK_PORT, end.atMost(reported ? HANDSHAKE : GLANCE));
    readiness.reached();
    return channel;
  }

  /** Up to now, where Firecracker still answers; else up to its last report. */
  Optional<Counters> counters(Duration limit) throws InterruptedException {
    try {
      Map<String, Object> ignored = api.call(ApiRequest.action("FlushMetrics"), limit);
    } catch (ApiException e) {
      LOG.debug("no fresh metrics of VM {}", paths.id(), e);
    }
    try {
      return Optional.of(metrics.read());
    } catch (IOException e) {
      LOG.debug("cannot read the metrics of VM {}", paths.id(), e);
      return Optional.empty();
    }
  }

  /** Stops watching; the VM goes on. */
  @Override
  public void close() {
    watcher.interrupt();
    readiness.close();
  }

  private void watch() {
    try {
      Deadline count = Deadline.in(COUNT);
      while (processes.isAlive(handles)) {
        trim();
        endIfHalted();
        if (count.passed()) {
          count();
          count = Deadline.in(COUNT);
        }
        if (child.isEmpty()) {
          Thread.sleep(LOOK);
        } else if (child.get().waitFor(LOOK_AT_CHILD)) {
          break;
        }
      }
      VmmExit meaning = meaning();
      LOG.info("VM {}: {}", paths.id(), meaning.meaning());
      exit.complete(meaning);
      readiness.close();
    } catch (InterruptedException e) {
      LOG.debug("no longer watching VM {}", paths.id());
    }
  }

  private void trim() {
    try {
      RunFiles.trim(paths);
    } catch (IOException e) {
      LOG.debug("cannot trim the logs of VM {}", paths.id(), e);
    }
  }

  private void count() {
    try {
      Counters ignored = metrics.read();
    } catch (IOException e) {
      LOG.debug("cannot read the metrics of VM {}", paths.id(), e);
    }
  }

  /** A guest that switches itself off only halts, and its VMM would stay for ever. */
  private void endIfHalted() {
    long size = BoundedLog.size(paths.console());
    if (size != consoleSeen && BootConsole.halted(RunFiles.console(paths))) {
      processes
          .find(paths, handles)
          .ifPresent(
              process -> {
                if (byUs == ExitMeaning.ByUs.NO) {
                  byUs = ExitMeaning.ByUs.HALTED;
                }
                processes.kill(process);
              });
    }
    consoleSeen = size;
  }

  private VmmExit meaning() throws InterruptedException {
    OptionalInt code =
        child.isPresent() && child.get().waitFor(LAST_BREATH)
            ? OptionalInt.of(child.get().exitValue())
            : FirecrackerLog.exitCode(RunFiles.log(paths));
    return ExitMeaning.of(byUs, code, RunFiles.log(paths), RunFiles.console(paths));
  }
}
