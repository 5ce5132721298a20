package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.PluginChange;
import dev.banger.core.plugins.PluginRuntime;
import dev.banger.core.plugins.PluginTrace;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The {@code plugin.*} methods. */
public final class PluginMethods {
  private final PluginRuntime plugins;
  private final Operations operations;
  private final PluginTrace trace;
  private final Function<String, String> vmIds;

  /**
   * @param vmIds the id of the VM that a reference means; throws NOT_FOUND or AMBIGUOUS
   */
  public PluginMethods(
      PluginRuntime plugins,
      Operations operations,
      PluginTrace trace,
      Function<String, String> vmIds) {
    this.plugins = plugins;
    this.operations = operations;
    this.trace = trace;
    this.vmIds = vmIds;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("plugin.list", _ -> list());
    methods.put("plugin.info", call -> PluginJson.of(plugins.details(id(call))));
    methods.put(
        "plugin.manifests",
        _ ->
            Json.build()
                .put("digest", plugins.manifestsDigest())
                .put("plugins", PluginJson.parse(plugins.manifestsJson()))
                .done());
    methods.put("plugin.call", this::call);
    methods.put("plugin.stream", new PluginStreams(plugins)::stream);
    methods.put("plugin.install", this::install);
    methods.put(
        "plugin.remove",
        changing(call -> plugins.remove(id(call), call.params().flag("purge", false))));
    methods.put("plugin.enable", changing(call -> plugins.enable(id(call))));
    methods.put("plugin.disable", changing(call -> plugins.disable(id(call))));
    methods.put("plugin.rollback", changing(call -> plugins.rollback(id(call))));
    methods.put("plugin.reload", changing(call -> plugins.reload(id(call))));
    methods.put("plugin.dev", changing(call -> plugins.dev(absolute(call.params(), "dir"))));
    methods.put("plugin.undev", changing(call -> plugins.undev(id(call))));
    methods.put("plugin.trace", this::trace);
  }

  private static RpcMethod changing(Function<RpcCall, PluginChange> change) {
    return call -> PluginJson.of(change.apply(call));
  }

  private static String id(RpcCall call) {
    return call.params().text("id");
  }

  /** As {@code plugin list -o json}. */
  public Json list() {
    return Json.array(plugins.list().stream().map(PluginJson::of).toList());
  }

  private Json install(RpcCall call) {
    Params params = call.params();
    return PluginJson.of(
        plugins.install(
            absolute(params, "file"),
            params.optionalText("digest").filter(text -> !text.isEmpty()),
            params.flag("dryRun", false)));
  }

  private Json trace(RpcCall call) {
    Params params = call.params();
    Optional<String> vm = params.optionalText("ref").filter(ref -> !ref.isEmpty()).map(vmIds);
    return Json.array(
        trace
            .runs(
                params.optionalText("op").filter(op -> !op.isEmpty()),
                vm,
                params.integer("limit").orElse(200))
            .stream()
            .map(PluginJson::of)
            .toList());
  }

  static Path cwd(Params params) {
    return params.optionalText("cwd").isPresent() ? absolute(params, "cwd") : Path.of("/");
  }

  private static Path absolute(Params params, String name) {
    String text = params.text(name);
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      // Told below, like a relative one.
    }
    throw new BangerException(
        ErrorKind.USAGE, "parameter \"%s\" must be an absolute path, got %s".formatted(name, text));
  }

  static String args(Params params) {
    Json args = params.json().get("args");
    return args.isNull() ? "{}" : args.toString();
  }

  private Json call(RpcCall call) throws InterruptedException {
    Params params = call.params();
    String plugin = params.text("plugin");
    String command = params.text("command");
    Path cwd = cwd(params);
    String args = args(params);
    StageFeed feed = new StageFeed(call);
    Operation operation =
        operations.begin(
            plugin + ": " + command,
            params.json().get("args").text("vm"),
            op -> PluginJson.parse(plugins.call(plugin, command, args, cwd, op, new Rows(feed))));
    // A command with rows is for who watches it, and ends with them.
    Runnable forget =
        plugins.isLive(plugin, command) ? call.onHangup(() -> cancel(operation)) : () -> {};
    try {
      feed.follow(List.of(operation));
    } finally {
      forget.run();
    }
    return (Json) VmMethods.joined(operation);
  }

  private record Rows(StageFeed feed) implements PluginRuntime.RowSink {
    @Override
    public void row(String json) throws InterruptedException {
      feed.row(PluginJson.parse(json));
    }

    @Override
    public void failure(BangerException failure) throws InterruptedException {
      feed.failure(failure);
    }
  }

  private static void cancel(Operation operation) {
    try {
      operation.cancel();
    } catch (BangerException e) {
      // It has ended by itself.
    }
  }
}
