package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.host.OwnProcess;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.lifecycle.VmmDriver.DriverStatus;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmState;
import dev.banger.core.rpc.describe.OpenRpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The {@code daemon.*} methods. */
public final class DaemonMethods {
  /** Of docs/rpc.md. */
  public static final int PROTOCOL = 1;

  /** The oldest protocol that is still served. */
  static final int MIN_PROTOCOL = 1;

  /** Of what a client calls itself. */
  private static final int LONGEST_NAME = 100;

  private final String version;
  private final Path socket;
  private final String startedBy;
  private final Runnable stop;
  private final long startedNanos = System.nanoTime();

  /**
   * @param startedBy {@code systemd} where that goes on listening after the end, else {@code
   *     banger}
   * @param stop begins the end of the daemon and returns at once
   */
  public DaemonMethods(String version, Path socket, String startedBy, Runnable stop) {
    this.version = version;
    this.socket = socket;
    this.startedBy = startedBy;
    this.stop = stop;
  }

  /** What can be answered before anything else is there. */
  public void registerEarly(Map<String, RpcMethod> methods) {
    methods.put("daemon.hello", this::hello);
    methods.put("rpc.discover", _ -> OpenRpc.document(PROTOCOL));
    methods.put(
        "daemon.ping",
        _ ->
            Json.build()
                .put("version", version)
                .put("protocol", PROTOCOL)
                .put("pid", OwnProcess.pid())
                .done());
    methods.put(
        "daemon.stop",
        call -> {
          call.afterAnswer(stop);
          return Json.build().put("stopping", true).put("startedBy", startedBy).done();
        });
  }

  /** Refuses a client of another protocol before anything that it sent behind is served. */
  private Json hello(RpcCall call) {
    String client = call.params().text("client");
    long protocol =
        call.params().number("protocol").orElseThrow(() -> Params.wrong("protocol", "is missing"));
    if (client.isEmpty() || client.length() > LONGEST_NAME) {
      throw Params.wrong("client", "must have 1 to %d characters".formatted(LONGEST_NAME));
    }
    if (protocol < MIN_PROTOCOL || protocol > PROTOCOL) {
      call.endConnection();
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "this client is %s (protocol %d), the daemon is banger %s (protocol %d)"
              .formatted(client, protocol, version, PROTOCOL),
          "banger daemon restart; VMs keep running");
    }
    return Json.build()
        .put("daemon", "banger " + version)
        .put("protocol", PROTOCOL)
        .put("minProtocol", MIN_PROTOCOL)
        .done();
  }

  public void register(
      Map<String, RpcMethod> methods,
      VmService vms,
      Drivers drivers,
      Supplier<Json> plugins,
      Supplier<List<String>> problems) {
    methods.put(
        "daemon.status",
        _ -> {
          var all = vms.list();
          long running = all.stream().filter(vm -> vm.state() instanceof VmState.Running).count();
          return Json.build()
              .put("running", true)
              .put("pid", OwnProcess.pid())
              .put("version", version)
              .put("uptimeSeconds", Duration.ofNanos(System.nanoTime() - startedNanos).toSeconds())
              .put("socket", socket.toString())
              .put("startedBy", startedBy)
              .put("vms", Json.build().put("running", running).put("total", all.size()).done())
              .put(
                  "drivers",
                  Json.array(
                      drivers.all().stream().map(driver -> toJson(driver.status())).toList()))
              .put("network", toJson(vms.networkStatus()))
              .put("plugins", plugins.get())
              .put("listeners", Json.strings(List.of("unix:" + socket)))
              .put("problems", Json.strings(problems.get()))
              .done();
        });
  }

  private static Json toJson(HostNetwork.Status network) {
    return Json.build()
        .put("mode", network.mode())
        .put("bridge", network.bridge())
        .put("subnet", network.subnet())
        .put("reason", network.reason())
        .put("problem", network.problem())
        .done();
  }

  private static Json toJson(DriverStatus status) {
    return Json.build()
        .put("name", status.name())
        .put("usable", status.usable())
        .put("accel", status.accel())
        .put("version", status.version())
        .put("reason", status.reason())
        .done();
  }
}
