package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.Installation;
import dev.banger.core.plugins.PluginChange;
import dev.banger.core.plugins.PluginDetails;
import dev.banger.core.plugins.PluginInfo;
import dev.banger.core.plugins.PluginRun;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plugins as clients see them. */
final class PluginJson {
  /** What steps and keys of a manifest are shown with. */
  private static final Set<String> STEP = Set.of("name", "phase", "policy", "after");

  private static final Set<String> KEY = Set.of("key", "type", "default", "summary");

  private PluginJson() {}

  static Json parse(String json) {
    try {
      return Json.parse(json);
    } catch (MalformedJsonException e) {
      throw new BangerException(
          ErrorKind.INTERNAL, "a plugin's answer is no JSON: " + e.getMessage(), "", List.of(), e);
    }
  }

  static Json of(PluginInfo info) {
    return builder(info).done();
  }

  private static Json.Builder builder(PluginInfo info) {
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
        .put("origin", info.origin());
  }

  static Json of(PluginDetails details) {
    Json manifest = parse(details.manifestJson());
    return builder(details.info())
        .put("requires", or(manifest.get("requires"), Json.object(Map.of())))
        .put("steps", objects(manifest.get("steps"), STEP))
        .put("hooks", or(manifest.get("hooks"), Json.array(List.of())))
        .put("config", objects(manifest.get("config"), KEY))
        .put("versions", Json.array(details.versions().stream().map(PluginJson::of).toList()))
        .put("leaked", details.leaked())
        .put("leftovers", Json.array(details.leftovers().stream().map(PluginJson::of).toList()))
        .done();
  }

  /** Of each object in a list what people are shown. */
  private static Json objects(Json list, Set<String> shown) {
    return Json.array(
        list.elements().stream()
            .map(
                item -> {
                  Json.Builder json = Json.build();
                  item.fields()
                      .forEach(
                          (name, value) -> {
                            if (shown.contains(name)) {
                              json.put(name, value);
                            }
                          });
                  return json.done();
                })
            .toList());
  }

  private static Json or(Json value, Json otherwise) {
    return value.isNull() ? otherwise : value;
  }

  private static Json of(PluginDetails.VersionInUse version) {
    return Json.build()
        .put("version", version.version())
        .put("digest", version.digest())
        .put("state", version.state())
        .put("usedBy", Json.strings(version.usedBy()))
        .done();
  }

  private static Json of(PluginDetails.Leftover leftover) {
    return Json.build()
        .put("vm", leftover.vm())
        .put("step", leftover.step())
        .put("reason", leftover.reason())
        .put("attempts", leftover.attempts())
        .put("retryAt", leftover.retryAt().map(at -> Json.of(at.toString())).orElse(Json.NULL))
        .done();
  }

  static Json of(PluginChange change) {
    return Json.build()
        .put("id", change.id())
        .put("version", change.version())
        .put("state", change.state().wireName())
        .put("note", change.note())
        .done();
  }

  static Json of(Installation installation) {
    return Json.build()
        .put("id", installation.id())
        .put("version", installation.version())
        .put("digest", installation.digest())
        .put("previousVersion", installation.previousVersion().map(Json::of).orElse(Json.NULL))
        .put("permissions", Json.strings(installation.permissions()))
        .put(
            "adds",
            Json.build()
                .put("steps", Json.strings(installation.steps()))
                .put("commands", Json.strings(installation.commands()))
                .put("checks", Json.strings(installation.checks()))
                .put("hooks", Json.strings(installation.hooks()))
                .done())
        .put("description", installation.description())
        .put("state", installation.state().wireName())
        .put("note", installation.note())
        .done();
  }

  static Json of(PluginRun run) {
    return Json.build()
        .put("op", run.operation())
        .put("vm", run.vm())
        .put("plugin", run.plugin())
        .put("version", run.version())
        .put("step", run.step())
        .put("phase", run.phase())
        .put("action", run.action())
        .put("at", run.at().toString())
        .put("tookMs", run.took().toMillis())
        .put("outcome", run.outcome())
        .put("message", run.message())
        .done();
  }
}
