package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.PluginInfo;
import dev.banger.core.plugins.PluginRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The {@code plugin.*} methods. */
public final class PluginMethods {
  private final PluginRuntime plugins;
  private final Operations operations;

  public PluginMethods(PluginRuntime plugins, Operations operations) {
    this.plugins = plugins;
    this.operations = operations;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("plugin.list", _ -> list());
    methods.put(
        "plugin.manifests",
        _ ->
            Json.build()
                .put("digest", plugins.manifestsDigest())
                .put("plugins", parse(plugins.manifestsJson()))
                .done());
    methods.put("plugin.call", this::call);
  }

  /** As {@code plugin list -o json}. */
  public Json list() {
    return Json.array(plugins.list().stream().map(PluginMethods::toJson).toList());
  }

  private static Json toJson(PluginInfo info) {
    return Json.build()
        .put("id", info.id())
        .put("version", info.version())
        .put("state", info.state().wireName())
        .put(
            "provides",
            Json.build()
                .put("steps", Json.strings(info.steps()))
                .put("commands", Json.strings(info.commands()))
                .put("checks", Json.strings(info.checks()))
                .done())
        .put("reason", info.reason())
        .put("description", info.description())
        .put("permissions", Json.strings(info.permissions()))
        .put("origin", info.origin())
        .done();
  }

  private Json call(RpcCall call) throws InterruptedException {
    String plugin = call.params().text("plugin");
    String command = call.params().text("command");
    Path cwd = Path.of(call.params().optionalText("cwd").orElse("/"));
    if (!cwd.isAbsolute()) {
      throw new BangerException(
          ErrorKind.USAGE, "parameter \"cwd\" must be an absolute path, got " + cwd);
    }
    Json args = call.params().json().get("args");
    String vm = args.text("vm");
    Operation operation =
        operations.begin(
            plugin + ": " + command,
            vm,
            op ->
                parse(
                    plugins.call(
                        plugin,
                        command,
                        args.isNull() ? "{}" : args.toString(),
                        cwd,
                        op,
                        _ -> {})));
    new StageFeed(call).follow(List.of(operation));
    return (Json) VmMethods.joined(operation);
  }

  private static Json parse(String json) {
    try {
      return Json.parse(json);
    } catch (MalformedJsonException e) {
      throw new BangerException(
          ErrorKind.INTERNAL, "a plugin's answer is no JSON: " + e.getMessage(), "", List.of(), e);
    }
  }
}
