package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code banger vm list}. */
public final class VmList implements Command {
  /** What a row is made of: of many VMs, the rest would be most of what is sent and read. */
  private static final List<String> SHOWN =
      List.of(
          "id",
          "name",
          "state",
          "image",
          "cpus",
          "memoryMiB",
          "driver",
          "accel",
          "ip",
          "degraded",
          "paused");

  @Override
  public void describe(Options options) {
    options
        .summary("what is running; --all for stopped ones too")
        .description(
            "A state with (degraded) behind it: a plugin's step failed; banger vm show tells which.\n"
                + "With -o json: all of them, always.")
        .flag("--all", "stopped ones too")
        .repeat("--label", "KEY=VALUE", "only those with this label")
        .example("banger ls")
        .example("banger vm list --all --label project=web -o json");
  }

  @Override
  public int run(Invocation call) {
    Json.Builder params = Json.build();
    Map<String, String> labels = call.parsed().pairs("--label");
    if (!labels.isEmpty()) {
      params.put("labels", Json.ofMap(labels));
    }
    if (!call.isJson()) {
      params.put("fields", Json.strings(call.isQuiet() ? List.of("id", "state") : SHOWN));
    }
    List<Json> all = call.call("vm.list", params.done()).elements();
    List<Json> shown = new ArrayList<>(all.size());
    for (Json vm : all) {
      // Programs filter for themselves, and would miss what a person is told below the table.
      if (call.isJson() || call.parsed().flag("--all") || !"stopped".equals(vm.text("state"))) {
        shown.add(vm);
      }
    }
    if (call.isJson()) {
      call.print(Json.array(shown));
    } else if (call.isQuiet()) {
      call.ids(shown, "id");
    } else {
      show(call, shown, all.size() - shown.size());
    }
    return 0;
  }

  private static void show(Invocation call, List<Json> vms, int hidden) {
    if (!vms.isEmpty()) {
      Table table = new Table("NAME", "STATE", "IMAGE", "CPUS", "MEMORY", "DRIVER", "IP", "ID");
      for (Json vm : vms) {
        String id = vm.text("id");
        table.row(
            vm.text("name"),
            Show.state(vm),
            vm.text("image"),
            vm.text("cpus"),
            Quantities.mib(vm.get("memoryMiB").number(0)),
            Show.driver(vm),
            vm.text("ip"),
            id.length() > 8 ? id.substring(0, 8) : id);
      }
      table.print(call.out());
    }
    if (hidden > 0) {
      call.out().flush();
      call.note(hidden + (hidden == 1 ? " VM is" : " VMs are") + " stopped: banger ls --all");
    } else if (vms.isEmpty()) {
      call.note("no VMs; banger run makes one");
    }
  }
}
