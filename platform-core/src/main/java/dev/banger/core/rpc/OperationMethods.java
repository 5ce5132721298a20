package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The {@code op.*} methods. */
public final class OperationMethods {
  private static final int SHOWN = 100;

  private final Operations operations;
  private final UnaryOperator<String> vmName;

  /**
   * @param vmName the name of the VM that a reference means; the reference itself when there is
   *     none
   */
  public OperationMethods(Operations operations, UnaryOperator<String> vmName) {
    this.operations = operations;
    this.vmName = vmName;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("op.list", this::list);
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

  private Json list(RpcCall call) {
    Params params = call.params();
    int limit = params.integer("limit").orElse(SHOWN);
    if (limit < 1 || limit > OperationLog.KEPT) {
      throw new BangerException(
          ErrorKind.INVALID,
          "limit must be between 1 and %d, got %d".formatted(OperationLog.KEPT, limit),
          "%d operations are kept".formatted(OperationLog.KEPT));
    }
    Optional<String> vm = params.optionalText("vm").map(vmName);
    return Json.array(
        operations
            .list(
                view -> vm.isEmpty() || vm.get().equals(view.vm()),
                params.flag("running", false),
                limit)
            .stream()
            .map(view -> toJson(view, false))
            .toList());
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
