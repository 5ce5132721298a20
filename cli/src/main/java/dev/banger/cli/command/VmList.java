package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
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
        .repeat("--label", "KEY[=VALUE]", "only those with this label")
        .repeat("--state", "STATE", "only those in this state, stopped ones too")
        .value("--image", "IMAGE", "image", "only those made from this image")
        .flag("-l", "--show-labels", "a column with the labels")
        .example("banger ls")
        .example("banger vm list --state failed --image debian")
        .example("banger vm list --all --label project=web -o json");
  }

  @Override
  public int run(Invocation call) {
    Json.Builder params = Json.build();
    boolean isAll = call.isJson() || call.parsed().flag("--all");
    List<String> words = call.parsed().values("--label");
    if (!words.isEmpty()) {
      labels(words, params);
    }
    List<String> states = call.parsed().values("--state");
    if (!states.isEmpty()) {
      params.put("states", Json.strings(states));
      isAll = true;
    }
    if (call.parsed().value("--image") != null) {
      params.put("image", call.parsed().value("--image"));
    }
    if (!call.isJson()) {
      params.put("fields", Json.strings(fields(call)));
    }
    List<Json> all = call.call("vm.list", params.done()).elements();
    List<Json> shown = new ArrayList<>(all.size());
    for (Json vm : all) {
      // Programs filter for themselves, and would miss what a person is told below the table.
      if (isAll || !"stopped".equals(vm.text("state"))) {
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

  /** {@code KEY=VALUE} is a label, {@code KEY} any label of that name. */
  private static void labels(List<String> words, Json.Builder params) {
    List<String> keys = new ArrayList<>();
    Map<String, String> labels = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals == 0 || word.isEmpty()) {
        throw Failure.usage(
            "--label must be KEY or KEY=VALUE, got \"" + word + "\"", "--label KEY=VALUE");
      }
      if (equals < 0) {
        keys.add(word);
      } else {
        labels.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    if (!labels.isEmpty()) {
      params.put("labels", Json.ofMap(labels));
    }
    if (!keys.isEmpty()) {
      params.put("labelKeys", Json.strings(keys));
    }
  }

  private static List<String> fields(Invocation call) {
    if (call.isQuiet()) {
      return List.of("id", "state");
    }
    if (!call.parsed().flag("--show-labels")) {
      return SHOWN;
    }
    List<String> fields = new ArrayList<>(SHOWN);
    fields.add("labels");
    return fields;
  }

  private static void show(Invocation call, List<Json> vms, int hidden) {
    if (!vms.isEmpty()) {
      boolean hasLabels = call.parsed().flag("--show-labels");
      Table table =
          hasLabels
              ? new Table(
                  "NAME", "STATE", "IMAGE", "CPUS", "MEMORY", "DRIVER", "IP", "ID", "LABELS")
              : new Table("NAME", "STATE", "IMAGE", "CPUS", "MEMORY", "DRIVER", "IP", "ID");
      for (Json vm : vms) {
        String id = vm.text("id");
        String[] cells = {
          vm.text("name"),
          Show.state(vm),
          vm.text("image"),
          vm.text("cpus"),
          Quantities.mib(vm.get("memoryMiB").number(0)),
          Show.driver(vm),
          vm.text("ip"),
          id.length() > 8 ? id.substring(0, 8) : id,
          ""
        };
        if (hasLabels) {
          cells[8] = Show.cell(vm.get("labels"));
          table.row(cells);
        } else {
          table.row(Arrays.copyOf(cells, 8));
        }
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
