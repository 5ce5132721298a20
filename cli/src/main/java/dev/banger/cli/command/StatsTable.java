package dev.banger.cli.command;

import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The answer of {@code vm.stats} as people and programs read it. */
final class StatsTable {
  private static final String UNKNOWN = "-";

  private final Table table =
      new Table("NAME", "STATE", "CPU", "MEMORY", "DISK", "WORK-DISK", "NET", "DISK-IO", "UPTIME");
  private final List<String> ids = new ArrayList<>();

  private StatsTable() {}

  /** Of those targets that were found. */
  static StatsTable of(Json results) {
    StatsTable table = new StatsTable();
    for (Json result : results.elements()) {
      if (result.get("ok").truth(false)) {
        table.add(result.get("vm"), result.get("stats"));
      }
    }
    return table;
  }

  List<String> ids() {
    return ids;
  }

  /** Prints nothing when there is no row. */
  void print(PrintStream out) {
    if (!ids.isEmpty()) {
      table.print(out);
    }
  }

  /** One target: who it is and its numbers, or its error. */
  static Json asJson(Json result) {
    Json.Builder json = Json.build().put("ref", result.get("ref"));
    if (!result.get("ok").truth(false)) {
      return json.put("error", result.get("error")).done();
    }
    Json vm = result.get("vm");
    json.put("id", vm.get("id")).put("name", vm.get("name"));
    for (Map.Entry<String, Json> field : result.get("stats").fields().entrySet()) {
      json.put(field.getKey(), field.getValue());
    }
    return json.done();
  }

  private void add(Json vm, Json stats) {
    ids.add(vm.text("id"));
    table.row(
        vm.text("name"),
        Show.state(vm),
        known(stats, "cpuPercent") ? stats.text("cpuPercent") + " %" : UNKNOWN,
        size(stats, "memoryUsedMiB", "memoryMiB"),
        size(stats, "diskUsedMiB", "diskMiB"),
        size(stats, "workDiskUsedMiB", "workDiskMiB"),
        bytes(stats, "netReceivedBytes", "netSentBytes"),
        bytes(stats, "diskReadBytes", "diskWrittenBytes"),
        known(stats, "uptimeSeconds")
            ? Quantities.elapsed(stats.get("uptimeSeconds").number(0) * 1000)
            : UNKNOWN);
  }

  private static boolean known(Json stats, String field) {
    return !stats.get(field).isNull();
  }

  private static String size(Json stats, String used, String limit) {
    return (known(stats, used) ? Quantities.mib(stats.get(used).number(0)) : UNKNOWN)
        + " / "
        + Quantities.mib(stats.get(limit).number(0));
  }

  private static String bytes(Json stats, String in, String out) {
    return !known(stats, in) && !known(stats, out)
        ? UNKNOWN
        : bytes(stats, in) + " / " + bytes(stats, out);
  }

  private static String bytes(Json stats, String field) {
    return known(stats, field) ? Quantities.bytes(stats.get(field).number(0)) : UNKNOWN;
  }
}
