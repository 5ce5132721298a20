package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.Operations;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The {@code op.*} methods. */
public final class OperationMethods {
  private final Operations operations;

  public OperationMethods(Operations operations) {
    this.operations = operations;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put(
        "op.list",
        _ -> Json.array(operations.list().stream().map(view -> toJson(view, false)).toList()));
    methods.put("op.show", call -> toJson(operations.show(call.params().text("id")), true));
    methods.put("op.watch", this::watch);
    methods.put(
        "op.cancel",
        call -> {
          String id = call.params().text("id");
          operations.find(id).cancel();
          return Json.build().put("id", id).put("cancelling", true).done();
        });
  }

  private Json watch(RpcCall call) throws InterruptedException {
    String id = call.params().text("id");
    Operation.View view = operations.show(id);
    if (view.state() == Operation.State.RUNNING) {
      new StageFeed(call).follow(List.of(operations.find(id)));
    } else {
      view.stages().forEach(stage -> call.notify("stage", StageFeed.toJson(id, stage)));
    }
    return toJson(operations.show(id), true);
  }

  static Json toJson(Operation.View view, boolean withStages) {
    Json.Builder json =
        Json.build()
            .put("id", view.id())
            .put("kind", view.kind())
            .put("vm", view.vm())
            .put("state", view.state().name().toLowerCase(Locale.ROOT))
            .put("startedAt", time(view.startedAt()))
            .put("endedAt", view.endedAt().map(at -> Json.of(time(at))).orElse(Json.NULL))
            .put("error", view.error().map(Errors::inBatch).orElse(Json.NULL));
    if (withStages) {
      json.put(
          "stages",
          Json.array(
              view.stages().stream().map(stage -> StageFeed.toJson(view.id(), stage)).toList()));
    }
    return json.done();
  }

  /** To the millisecond, as all other times are told. */
  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
