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
import java.util.Map;

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
        show(call, result.get("vm"));
      }
    }
    return Batch.exitCode(call, results);
  }

  private static void show(Invocation call, Json vm) {
    Json.Builder plain = Json.build();
    for (Map.Entry<String, Json> field : vm.fields().entrySet()) {
      if (field.getKey().equals("rootDisk") && field.getValue().isObject()) {
        plain.put("rootDisk", rootDisk(field.getValue()));
      } else if (field.getKey().equals("pending") && field.getValue().isObject()) {
        plain.put("pending", pending(field.getValue()));
      } else if (!isSection(field.getKey(), field.getValue())) {
        plain.put(field.getKey(), field.getValue());
      }
    }
    Show.fields(call, plain.done());
    lines(call, "degraded", vm);
    lines(call, "remarks", vm);
    PluginInfo.section(
        call,
        "endpoints",
        vm.get("endpoints"),
        new String[] {"NAME", "URI", "PLUGIN"},
        "name",
        "uri",
        "plugin");
    if (!vm.get("plugins").elements().isEmpty()) {
      plugins(call, vm.get("plugins").elements());
    }
  }

  private static void lines(Invocation call, String field, Json vm) {
    List<String> lines = vm.get(field).texts();
    if (!lines.isEmpty()) {
      call.out().println();
      call.say(field);
      for (String line : lines) {
        call.say("  " + line);
      }
    }
  }

  /** {@code cpus 4, memory 2 GiB, from the next start on}; empty when there is nothing. */
  private static String pending(Json pending) {
    StringBuilder words = new StringBuilder();
    pending
        .fields()
        .forEach(
            (name, value) ->
                words
                    .append(
                        switch (name) {
                          case "cpus" -> "cpus " + value.number(0);
                          case "memoryMiB" -> "memory " + Quantities.mib(value.number(0));
                          case "workDiskMiB" -> "work disk " + Quantities.mib(value.number(0));
                          case "nat" -> "NAT " + (value.truth(false) ? "on" : "off");
                          default -> name + " " + Show.cell(value);
                        })
                    .append(", "));
    return words.isEmpty() ? "" : words + "from the next start on";
  }

  /** {@code qcow2, 12 MiB on the host}; where it is stands in the paths. */
  private static String rootDisk(Json disk) {
    long mib = (disk.get("usedBytes").number(0) + (1 << 20) - 1) >> 20;
    return "%s, %d MiB on the host".formatted(disk.text("kind"), mib);
  }

  /** What has a part of its own below the plain fields; a shape of another daemon's has not. */
  private static boolean isSection(String name, Json value) {
    return switch (name) {
      case "degraded", "remarks" -> value.isArray();
      case "endpoints", "plugins" ->
          value.elements().isEmpty() || value.elements().get(0).isObject();
      default -> false;
    };
  }

  private static void plugins(Invocation call, List<Json> steps) {
    Table table = new Table("STEP", "PHASE", "POLICY", "STATE", "NOTE");
    for (Json step : steps) {
      String reason = step.text("reason");
      table.row(
          step.text("plugin") + " " + step.text("version") + " " + step.text("step"),
          step.text("phase"),
          step.text("policy"),
          step.text("state"),
          reason.isEmpty() ? step.text("note") : reason);
    }
    call.out().println();
    call.say("plugins");
    table.print(call.out(), "  ");
  }

  /** An object for the one that was asked for by name, else an array. */
  static void printJson(Invocation call, Json results) {
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
