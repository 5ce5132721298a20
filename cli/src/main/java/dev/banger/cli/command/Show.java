package dev.banger.cli.command;

import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.List;
import java.util.Map;

/** JSON as people read it. */
final class Show {
  private Show() {}

  /** One value in a table's cell. */
  static String cell(Json value) {
    if (value.isArray()) {
      StringBuilder cell = new StringBuilder();
      for (Json element : value.elements()) {
        cell.append(cell.isEmpty() ? "" : ", ").append(cell(element));
      }
      return cell.toString();
    }
    if (value.isObject()) {
      StringBuilder cell = new StringBuilder();
      for (Map.Entry<String, Json> field : value.fields().entrySet()) {
        cell.append(cell.isEmpty() ? "" : " ")
            .append(field.getKey())
            .append('=')
            .append(cell(field.getValue()));
      }
      return cell.toString();
    }
    return value.text();
  }

  /** An object's fields, one a line; those of objects within as {@code outer.inner}. */
  static void fields(Invocation call, Json object) {
    Table table = Table.bare(2);
    add(table, "", object);
    table.print(call.out());
  }

  private static void add(Table table, String prefix, Json value) {
    if (!value.isObject() && !prefix.isEmpty()) {
      addLeaf(table, prefix, value);
      return;
    }
    for (Map.Entry<String, Json> field : value.fields().entrySet()) {
      String name = prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey();
      add(table, name, field.getValue());
    }
  }

  private static void addLeaf(Table table, String name, Json value) {
    List<Json> elements = value.elements();
    if (!elements.isEmpty() && elements.get(0).isObject()) {
      for (Json element : elements) {
        table.row(name, cell(element));
      }
    } else if (!cell(value).isEmpty()) {
      table.row(name, cell(value));
    }
  }

  /** {@code brisk-otter debian 2 CPUs 2 GiB qemu+kvm}. */
  static String vmLine(Json vm) {
    long cpus = vm.get("cpus").number(0);
    return vm.text("name")
        + "  "
        + vm.text("image")
        + "  "
        + cpus
        + (cpus == 1 ? " CPU  " : " CPUs  ")
        + Quantities.mib(vm.get("memoryMiB").number(0))
        + "  "
        + driver(vm);
  }

  /** {@code qemu+kvm}; only the driver when the VM does not run. */
  static String driver(Json vm) {
    String accel = vm.text("accel");
    return accel.isEmpty() ? vm.text("driver") : vm.text("driver") + "+" + accel;
  }

  /** The state, with what is not as it should be. */
  static String state(Json vm) {
    String more =
        !vm.text("paused").isEmpty()
            ? " (paused)"
            : vm.get("degraded").elements().isEmpty() ? "" : " (degraded)";
    return vm.text("state") + more;
  }
}
