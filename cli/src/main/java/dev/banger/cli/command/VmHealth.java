package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** {@code banger vm health}. */
public final class VmHealth implements Command {
  @Override
  public void describe(Options options) {
    Batch.describe(options);
    options
        .summary("ask guests how they are")
        .description(
            "With -o json: {\"ref\",\"id\",\"name\",\"state\",\"health\"} for one REF, an array otherwise.")
        .example("banger vm health brisk-otter")
        .example("banger vm health --all -o json");
  }

  @Override
  public int run(Invocation call) {
    Json results = call.call("vm.health", Batch.params(call, "vm health").done()).get("results");
    Failure single = Batch.singleFailure(call, results);
    if (single != null) {
      throw single;
    }
    if (call.isJson()) {
      List<Json> all = new ArrayList<>();
      for (Json result : results.elements()) {
        all.add(asJson(result));
      }
      call.print(Batch.isSingle(call) && all.size() == 1 ? all.get(0) : Json.array(all));
      return Batch.exitCode(call, results);
    }
    Table table = new Table("NAME", "STATE", "UP", "LOAD", "FREE MEMORY", "INIT", "KERNEL");
    boolean isAny = false;
    for (Json result : results.elements()) {
      if (result.get("ok").truth(false)) {
        Json vm = result.get("vm");
        Json health = result.get("health");
        table.row(
            vm.text("name"),
            Show.state(vm),
            Quantities.elapsed(health.get("uptimeSeconds").number(0) * 1000),
            health.text("load1"),
            Quantities.mib(health.get("memoryAvailableMiB").number(0))
                + " of "
                + Quantities.mib(health.get("memoryTotalMiB").number(0)),
            health.get("initDone").truth(false) ? "done" : "at work",
            health.text("kernel"));
        isAny = true;
      }
    }
    if (isAny) {
      table.print(call.out());
    }
    for (Json result : results.elements()) {
      if (!result.get("ok").truth(false)) {
        Batch.tellFailed(call, result);
      }
    }
    return Batch.exitCode(call, results);
  }

  private static Json asJson(Json result) {
    if (!result.get("ok").truth(false)) {
      return Json.build().put("ref", result.get("ref")).put("error", result.get("error")).done();
    }
    Json vm = result.get("vm");
    return Json.build()
        .put("ref", result.get("ref"))
        .put("id", vm.get("id"))
        .put("name", vm.get("name"))
        .put("state", vm.get("state"))
        .put("health", result.get("health"))
        .done();
  }
}
