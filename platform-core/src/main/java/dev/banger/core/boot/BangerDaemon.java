package dev.banger.core.boot;

import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Stage;
import com.google.inject.spi.Message;
import com.google.inject.util.Modules;
import dev.banger.core.config.Config;
import dev.banger.core.config.Nearest;
import dev.banger.core.host.FileLock;
import dev.banger.core.lifecycle.DiskWatch;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.lifecycle.Reconciler;
import dev.banger.core.lifecycle.Upkeep;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.rpc.DaemonMethods;
import dev.banger.core.rpc.MethodTable;
import dev.banger.core.rpc.RpcServer;
import dev.banger.core.rpc.describe.OpenRpc;
import dev.banger.core.rpc.describe.PrettyJson;
import dev.banger.core.stats.CpuWatch;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The daemon. {@code bangerd} runs until it is told to stop; with {@code --listen-on-stdin} on the
 * socket that systemd hands over. {@code bangerd --check-config} says what is wrong with the
 * configuration; {@code bangerd --openrpc} prints what its methods take and answer; {@code bangerd
 * --version} names itself.
 */
public final class BangerDaemon {
  private static final Logger LOG = Logger.getLogger(BangerDaemon.class.getName());
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private final Layout layout;
  private final Map<String, String> environment;
  private final UnaryOperator<Module> wiring;
  private final boolean isSocketLent;

  private BangerDaemon(
      Layout layout,
      Map<String, String> environment,
      UnaryOperator<Module> wiring,
      boolean isSocketLent) {
    this.layout = layout;
    this.environment = environment;
    this.wiring = wiring;
    this.isSocketLent = isSocketLent;
  }

  /** The daemon is these rooms. */
  static List<Module> modules(Layout layout, Config config, Opened opened, MethodTable methods) {
    return List.of(
        new BaseModule(layout, config, opened),
        new StoreModule(),
        new ImageModule(),
        new VmmModule(),
        new GuestModule(),
        new LifecycleModule(),
        new PluginModule(),
        new DoctorModule(),
        new RpcModule(methods));
  }

  public static void main(String[] args) {
    Logs.configure();
    System.exit(run(args, UnaryOperator.identity()));
  }

  /**
   * @param wiring changes what the rooms provide; the tests' way to let parts of a real daemon fail
   */
  static int run(String[] args, UnaryOperator<Module> wiring) {
    return run(List.of(args), System.getenv(), System.out, System.err, wiring);
  }

  static int run(
      List<String> args,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      UnaryOperator<Module> wiring) {
    try {
      Layout layout = Layout.of(environment);
      return switch (args.isEmpty() ? "" : args.getFirst()) {
        case "" -> new BangerDaemon(layout, environment, wiring, false).serve();
        case "--listen-on-stdin" -> new BangerDaemon(layout, environment, wiring, true).serve();
        case "--check-config" -> checkConfig(layout, out);
        case "--openrpc" -> {
          out.print(PrettyJson.of(OpenRpc.document(DaemonMethods.PROTOCOL)));
          yield 0;
        }
        case "--version" -> {
          out.println("bangerd " + Version.CURRENT);
          yield 0;
        }
        default -> {
          err.println("error: bangerd does not know " + args.getFirst());
          err.println(
              "hint:  bangerd [--listen-on-stdin | --check-config | --openrpc | --version]");
          yield USAGE;
        }
      };
    } catch (BangerException e) {
      print(e, err);
      return FAILED;
    } catch (CreationException e) {
      print(cause(e), err);
      return FAILED;
    }
  }

  /** What went wrong in a room, without the wiring's account of all that it kept from opening. */
  private static BangerException cause(CreationException wiring) {
    for (Message message : wiring.getErrorMessages()) {
      if (message.getCause() instanceof BangerException known) {
        return known;
      }
    }
    throw wiring;
  }

  private static void print(BangerException e, PrintStream to) {
    to.println("error: " + e.getMessage());
    e.details().forEach(line -> to.println("  " + line));
    if (!e.hint().isEmpty()) {
      to.println("hint:  " + e.hint());
    }
  }

  private static int checkConfig(Layout layout, PrintStream out) {
    try {
      Config config = layout.configWithPlugins().load();
      config.warnings().forEach(warning -> out.println("warning: " + warning));
      Set<String> plugins = layout.plugins().ids();
      for (String id : new TreeSet<>(config.plugins().keySet())) {
        if (!plugins.contains(id)) {
          out.println(
              "warning: [plugins.%s] is for a plugin that is not there%s"
                  .formatted(
                      id,
                      Nearest.to(id, plugins)
                          .map(near -> "; did you mean " + near + "?")
                          .orElse("")));
        }
      }
      out.println(config.file() + " is fine");
      return 0;
    } catch (BangerException e) {
      print(e, out);
      return FAILED;
    }
  }

  /** Runs until somebody asks it to stop. */
  private int serve() {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (Opened opened = new Opened()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> awaitClosed(stop, closed), "shutdown"));
      open(opened, stop);
      stop.await();
      LOG.info("stopping; VMs keep running");
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    } finally {
      closed.countDown();
    }
  }

  /** A signal only asks; the main thread closes what is open, and the JVM waits for it. */
  private static void awaitClosed(CountDownLatch stop, CountDownLatch closed) {
    stop.countDown();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Behind a lent socket nobody reaches the other one by asking: its process has to be named. */
  private BangerException another() {
    OptionalLong holder = FileLock.holder(layout.lockFile());
    return new BangerException(
        ErrorKind.CONFLICT,
        "another daemon serves %s already%s"
            .formatted(
                layout.directories().state(),
                holder.isPresent() ? " (pid " + holder.getAsLong() + ")" : ""),
        isSocketLent && holder.isPresent()
            ? "it was not started by systemd; VMs go on without it: kill " + holder.getAsLong()
            : "banger daemon status");
  }

  private void open(Opened opened, CountDownLatch stop) throws InterruptedException {
    Config config = layout.config().load().overruledBy(environment);
    layout.create();
    Optional<FileLock> lock = FileLock.tryAcquire(layout.lockFile());
    if (lock.isEmpty()) {
      throw another();
    }
    opened.add("the lock", lock.get());
    MethodTable methods = new MethodTable();
    DaemonMethods daemon =
        new DaemonMethods(
            Version.CURRENT, layout.socket(), isSocketLent ? "systemd" : "banger", stop::countDown);
    daemon.registerEarly(methods.asMap());
    // Clients connect while the rest is wired; what they ask waits in the method table.
    RpcServer server =
        isSocketLent
            ? RpcServer.inherit(layout.socket(), methods::find)
            : RpcServer.listen(layout.socket(), methods::find);
    try {
      Module rooms = wiring.apply(Modules.combine(modules(layout, config, opened, methods)));
      Injector injector = Guice.createInjector(Stage.PRODUCTION, rooms);
      // Closed before all else but the socket: what they undo needs everything that is open.
      opened.add("the operations", injector.getInstance(Operations.class));
      opened.add("the socket", server);
      Reconciler.Report report = injector.getInstance(Reconciler.class).run();
      LOG.log(
          Level.INFO,
          "banger {0} serves {1}: {2} VMs adopted, {3} found down, {4} removed",
          new Object[] {
            Version.CURRENT, layout.socket(), report.adopted(), report.down(), report.removed()
          });
      report.problems().forEach(problem -> LOG.warning("reconcile: " + problem));
      config.warnings().forEach(warning -> LOG.warning("config: " + warning));
      Upkeep upkeep = opened.add("the upkeep", injector.getInstance(Upkeep.class));
      upkeep.watchLeftovers();
      opened.add("the watch over disks", injector.getInstance(DiskWatch.class)).start();
      opened.add("the watch over CPU time", injector.getInstance(CpuWatch.class)).start();
      upkeep.start(injector.getInstance(VmService.class).chores());
      injector.getInstance(RpcModule.Registration.class).register(daemon, report);
      methods.completed();
    } catch (RuntimeException | InterruptedException e) {
      server.close();
      throw e;
    }
  }
}
