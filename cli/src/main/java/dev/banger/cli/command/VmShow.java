package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** {@code banger vm show}. */
public final class VmShow implements Command {
  @Override
  public void describe(Options options) {
    Batch.describe(options);
    options
        .summary("all there is to know about VMs")
        .description("With -o json: an object for one REF, an array otherwise.")
        .example("banger vm show brisk-otter")
        .example("banger vm show brisk-otter -o json");
  }

  @Override
  public int run(Invocation call) {
    Json results = call.call("vm.show", Batch.params(call, "vm show").done()).get("results");
    Failure single = Batch.singleFailure(call, results);
    if (single != null) {
      throw single;
    }
    if (call.isJson()) {
      printJson(call, results);
      return Batch.exitCode(call, results);
    }
    boolean isFirst = true;
    for (Json result : results.elements()) {
      if (!result.get("ok").truth(false)) {
        Batch.tellFailed(call, result);
      } else if (call.isQuiet()) {
        call.say(result.get("vm").text("id"));
      } else {
        if (!isFirst) {
          call.out().println();
        }
        isFirst = false;
        Show.fields(call, result.get("vm"));
      }
    }
    return Batch.exitCode(call, results);
  }

  private static void printJson(Invocation call, Json results) {
    List<Json> vms = new ArrayList<>();
    for (Json result : results.elements()) {
      vms.add(
          result.get("ok").truth(false)
              ? result.get("vm")
              : Json.build()
                  .put("ref", result.get("ref"))
                  .put("error", result.get("error"))
                  .done());
    }
    call.print(Batch.isSingle(call) && vms.size() == 1 ? vms.get(0) : Json.array(vms));
  }
}
