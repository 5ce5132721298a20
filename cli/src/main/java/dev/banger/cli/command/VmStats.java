package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code banger vm stats}. */
public final class VmStats implements Command {
  private static final long INTERVAL_MILLIS = 2000;
  private static final long LEAST_INTERVAL_MILLIS = 200;

  @Override
  public void describe(Options options) {
    options
        .summary("what VMs use: CPU, memory, disks, network")
        .description(
            """
            Without REF: all that run; --all for the others too. CPU is of one CPU of the host, over the last
            10 seconds. MEMORY and disks: what they take on the host / what the guest was given. NET is received / sent,
            DISK-IO read / written, since the start. "-" is not known.
            With -o json: an array; with --watch a line for each VM.""")
        .positional("REF", "vm", 0, Integer.MAX_VALUE, "name, id, or unique beginning of an id")
        .flag("--all", "stopped ones too")
        .repeat("--label", "KEY=VALUE", "only those with this label")
        .flag("--watch", "again and again, until Ctrl-C")
        .value("--interval", "TIME", "how often with --watch (default 2s)")
        .example("banger vm stats")
        .example("banger vm stats brisk-otter --watch --interval 5s")
        .example("banger vm stats --all --label project=web -o json");
  }

  @Override
  public int run(Invocation call) throws InterruptedException {
    Json params = params(call.parsed());
    long interval = interval(call.parsed());
    if (call.parsed().flag("--watch")) {
      return new StatsWatch(call, params, interval).run();
    }
    Json results = call.call("vm.stats", params).get("results");
    Failure single = Batch.singleFailure(call, results);
    if (single != null) {
      throw single;
    }
    if (call.isJson()) {
      List<Json> all = new ArrayList<>();
      for (Json result : results.elements()) {
        all.add(StatsTable.asJson(result));
      }
      call.print(Json.array(all));
      return Batch.exitCode(call, results);
    }
    StatsTable table = StatsTable.of(results);
    if (call.isQuiet()) {
      table.ids().forEach(call::say);
    } else if (results.elements().isEmpty()) {
      call.note(nothing(call.parsed()));
    } else {
      table.print(call.out());
    }
    for (Json result : results.elements()) {
      if (!result.get("ok").truth(false)) {
        Batch.tellFailed(call, result);
      }
    }
    return Batch.exitCode(call, results);
  }

  static String nothing(Parsed parsed) {
    return parsed.flag("--all") || !parsed.values("--label").isEmpty()
        ? "no such VMs"
        : "no VM is running; banger vm stats --all shows the others too";
  }

  private static Json params(Parsed parsed) {
    Map<String, String> labels = parsed.pairs("--label");
    boolean all = parsed.flag("--all");
    if (all && !parsed.arguments().isEmpty()) {
      throw Failure.usage(
          "--all and \"" + parsed.argument(0) + "\" exclude each other", "give one of them");
    }
    Json.Builder params = Json.build().put("refs", Json.strings(parsed.arguments()));
    if (!labels.isEmpty()) {
      params.put("labels", Json.ofMap(labels));
    } else {
      params.put("all", parsed.arguments().isEmpty());
    }
    return params.put("running", !all).done();
  }

  private static long interval(Parsed parsed) {
    String typed = parsed.value("--interval");
    if (typed == null) {
      return INTERVAL_MILLIS;
    }
    if (!parsed.flag("--watch")) {
      throw Failure.usage(
          "--interval is for --watch", "banger vm stats --watch --interval " + typed);
    }
    long millis = Quantities.millis(typed, "--interval");
    if (millis < LEAST_INTERVAL_MILLIS) {
      throw Failure.usage(
          "--interval must be at least " + LEAST_INTERVAL_MILLIS + " ms, got " + typed,
          "--interval 2s, or leave it out for the default");
    }
    return millis;
  }
}
