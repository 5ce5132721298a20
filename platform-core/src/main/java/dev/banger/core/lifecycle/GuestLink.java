package dev.banger.core.lifecycle;

import dev.banger.core.model.VmPaths;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The one connection to a guest's agent, multiplexed. Thread-safe. Everything that comes back is
 * bounded in size and time; nothing in it is to be trusted.
 */
public interface GuestLink extends Closeable {
  /** Opens links. One per VM at a time. */
  interface Connector {
    /**
     * Connects and shakes hands with the agent, waiting until it is up.
     *
     * @throws dev.banger.core.model.BangerException of kind TIMEOUT when the agent stays silent,
     *     GUEST when it answers nonsense or is too old
     */
    GuestLink connect(VmPaths paths, Door door, Duration deadline) throws InterruptedException;
  }

  /** The way to one guest's agent, as its VMM offers it. */
  @FunctionalInterface
  interface Door {
    /** See {@link VmmDriver#openAgent}. */
    SocketChannel open(Duration deadline) throws IOException, InterruptedException;
  }

  /** What the agent said of itself when the link opened. */
  Hello hello();

  /** Tells the guest who it is. Called once per link, before anything else. */
  void bootstrap(Bootstrap bootstrap, Duration deadline);

  Health health(Duration deadline);

  /** Starts a command. Refused (kind GUEST or NOT_FOUND) when it cannot be started, saying why. */
  GuestProcess exec(ExecSpec spec, Duration deadline);

  /**
   * Unpacks a tar stream under {@code directory} in the guest (made if missing), as root. Reads
   * {@code tar} to its end.
   */
  void putTar(String directory, InputStream tar, Duration idleLimit);

  /**
   * Writes {@code path} of the guest (file or directory) as a tar stream, entries named from its
   * last component on.
   */
  void getTar(String path, OutputStream sink, Duration idleLimit);

  /** What {@code path} is in the guest, links followed. */
  FileStatus stat(String path, Duration deadline);

  /**
   * Makes the file system on the guest's work disk as large as the disk, while it is in use.
   *
   * @return why that was not possible; empty when it was, or there was nothing to do
   */
  String growWorkDisk(Duration deadline);

  /** Asks the guest to power off. Returns when the agent took the request. */
  void shutdown(Duration deadline);

  /** Sets the guest's clock. */
  void setClock(Instant now, Duration deadline);

  /**
   * A TCP connection to a port of the guest: on its loopback, or else on whatever address of the
   * guest something listens there.
   */
  Connection dial(int port, Duration deadline);

  /** What listens in the guest, sorted; at most {@link Listener#MOST}. */
  List<Listener> listeners(Duration deadline);

  /**
   * Tells {@code watcher} what listens in the guest, and again when it has changed, at most once a
   * second. Returns never; ends with an exception when the link is lost, or an interrupt.
   */
  void watchListeners(ListenerWatcher watcher) throws InterruptedException;

  /** Commands that the guest keeps running by itself. */
  GuestJobLink jobs();

  boolean isOpen();

  /** Completes when the link is closed or lost. */
  CompletableFuture<Void> onClose();

  @Override
  void close();

  /**
   * @param generation protocol generation of the agent
   * @param bootId the guest kernel's boot id; the same as long as the guest has not rebooted
   * @param kernel the guest kernel's release
   */
  record Hello(int generation, String bootId, String kernel, String agentVersion) {}

  /**
   * @param growRoot whether the root file system should be grown to its disk
   */
  record Bootstrap(String hostname, Instant clock, NetworkConfig network, boolean growRoot) {}

  /** Static network configuration; addresses in CIDR notation. */
  record NetworkConfig(String addressCidr, String gateway, List<String> nameservers) {
    public NetworkConfig {
      nameservers = List.copyOf(nameservers);
    }
  }

  /**
   * @param memoryAvailableMiB MiB available to new processes
   * @param bootstrapped whether this boot has had its {@link Bootstrap}
   * @param initDone whether the guest's init says it has finished starting; true where it cannot
   *     tell
   */
  record Health(
      Duration uptime,
      double load1,
      long memoryTotalMiB,
      long memoryAvailableMiB,
      boolean bootstrapped,
      boolean initDone) {}

  /**
   * @param cwd empty for {@code /root}
   * @param rows terminal size, used when {@code tty}
   */
  record ExecSpec(
      List<String> command, String cwd, Map<String, String> env, boolean tty, int rows, int cols) {
    public ExecSpec {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }
  }

  /**
   * A command in the guest. Its streams apply back-pressure: who does not read, stops the writer.
   * Closing it before it has exited hangs it up (SIGHUP, then SIGKILL, to its whole process group).
   */
  interface GuestProcess extends Closeable {
    /** Closing it is the end of file on the command's standard input. */
    OutputStream stdin();

    /** With a TTY everything arrives here. */
    InputStream stdout();

    InputStream stderr();

    /** Signal by number, to the process group. */
    void signal(int number);

    void resize(int rows, int cols);

    /**
     * Exit code, 128 + n for a signal. Completes after all output has been received; completes
     * exceptionally when the link was lost first.
     */
    CompletableFuture<Integer> exit();

    @Override
    void close();
  }

  /**
   * A socket of the guest that waits for others; its texts are clean.
   *
   * @param protocol {@code tcp} or {@code udp}
   * @param pid 0 when no process is known
   * @param elsewhere whether it is in another network namespace than the guest's own
   */
  record Listener(
      String protocol,
      String address,
      int port,
      long pid,
      String process,
      String command,
      boolean elsewhere) {
    /** Most that are told of one guest. */
    public static final int MOST = 4096;
  }

  /** Told what listens. */
  @FunctionalInterface
  interface ListenerWatcher {
    void changed(List<Listener> now) throws InterruptedException;
  }

  /** What a path is. */
  record FileStatus(boolean exists, boolean directory) {}

  /** Two independent directions. */
  interface Connection extends Closeable {
    InputStream in();

    /** Closing it half-closes the connection. */
    OutputStream out();

    @Override
    void close();
  }
}
