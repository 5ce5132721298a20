package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import java.util.List;
import java.util.Map;

/** {@code banger vm set}. */
public final class VmSet implements Command {
  private static final long MOST_CPUS = 64;
  private static final String KEEP = ", or leave it out to keep what it has";

  @Override
  public void describe(Options options) {
    options
        .summary("change what VMs are")
        .description(
            """
            Labels apply at once, NAT too where VMs are on a bridge. The rest applies at the next
            start; until then banger vm show tells what is pending. A work disk only grows, and its
            file system with it. All of it is done to a VM, or nothing.""")
        .positional("REF", "vm", 0, Integer.MAX_VALUE, "name, id, or unique beginning of an id")
        .flag("--all", "every VM")
        .value("--cpus", "N", "virtual CPUs, 1 to 64")
        .value("--memory", "SIZE", "for example 1GiB, 512MiB, 2g, 2048 (MiB)")
        .value("--work-disk", "SIZE", "of the disk at /root; no less than it has")
        .flag("--nat", "let the guests out to the network")
        .flag("--no-nat", "keep the guests in")
        .repeat("--label", "KEY=VALUE", "a label to give them")
        .repeat("--unlabel", "KEY", "a label to take from them")
        .example("banger vm set web --no-nat")
        .example("banger vm set web --cpus 4 --memory 2GiB --work-disk 8GiB")
        .example("banger vm set web api --label project=shop --unlabel draft");
  }

  @Override
  public int run(Invocation call) {
    Json answer =
        Operations.run(
            call,
            call.client(),
            "vm.set",
            params(call.parsed()),
            call.isJson() ? Stages.hidden(call) : Stages.shown(call, !Batch.isSingle(call)),
            false,
            0);
    Json results = answer.get("results");
    Failure single = Batch.singleFailure(call, results);
    if (call.isJson()) {
      Json.Builder document = Json.build().put("results", results);
      if (single != null) {
        document.put("error", single.toJson());
      }
      call.print(document.done());
      return Batch.exitCode(call, results);
    }
    if (single != null) {
      throw single;
    }
    show(call, results);
    return Batch.exitCode(call, results);
  }

  private static Json params(Parsed parsed) {
    boolean all = parsed.flag("--all");
    if (parsed.arguments().isEmpty() && !all) {
      throw Failure.usage(
          "banger vm set needs to know which VM",
          "banger vm set REF..., or --all; banger ls --all lists them");
    }
    if (all && !parsed.arguments().isEmpty()) {
      throw Failure.usage(
          "--all and \"" + parsed.argument(0) + "\" exclude each other", "give one of them");
    }
    Json.Builder changes = Json.build();
    String cpus = parsed.value("--cpus");
    if (cpus != null) {
      changes.put("cpus", Quantities.count(cpus, "cpus", 1, MOST_CPUS, "--cpus 2" + KEEP));
    }
    size(changes, parsed, "--memory", "memory", "memoryMiB", Quantities.LEAST_MEMORY_MIB, "1GiB");
    size(changes, parsed, "--work-disk", "the work disk", "workDiskMiB", 16, "8GiB");
    if (parsed.flag("--nat") && parsed.flag("--no-nat")) {
      throw Failure.usage("--nat and --no-nat exclude each other", "give one of them");
    }
    if (parsed.flag("--nat") || parsed.flag("--no-nat")) {
      changes.put("nat", parsed.flag("--nat"));
    }
    labels(changes, parsed.pairs("--label"), parsed.values("--unlabel"));
    Map<String, Json> changed = changes.done().fields();
    if (changed.isEmpty()) {
      throw Failure.usage(
          "banger vm set needs to know what to set",
          "one or more of: --cpus, --memory, --work-disk, --nat, --no-nat, --label, --unlabel");
    }
    Json.Builder params =
        Json.build().put("refs", Json.strings(parsed.arguments())).put("all", all);
    changed.forEach(params::put);
    return params.done();
  }

  private static void labels(Json.Builder changes, Map<String, String> set, List<String> unset) {
    if (!set.isEmpty()) {
      changes.put("setLabels", Json.ofMap(set));
    }
    if (!unset.isEmpty()) {
      changes.put("unsetLabels", Json.strings(unset));
    }
    for (String key : unset) {
      if (set.containsKey(key)) {
        throw Failure.usage(
            "label " + Text.safe(key) + " is to be set and to be removed",
            "one of --label and --unlabel");
      }
    }
  }

  private static void size(
      Json.Builder changes,
      Parsed parsed,
      String option,
      String what,
      String name,
      long least,
      String example) {
    String value = parsed.value(option);
    if (value == null) {
      return;
    }
    try {
      changes.put(name, Quantities.sizeMiB(value, what, option, least, example));
    } catch (Failure e) {
      throw Failure.usage(e.getMessage(), option + " " + example + KEEP);
    }
  }

  private static void show(Invocation call, Json results) {
    int width = 0;
    for (Json result : results.elements()) {
      width = Math.max(width, Text.safe(result.get("vm").text("name")).length());
    }
    for (Json result : results.elements()) {
      if (!result.get("ok").truth(false)) {
        Batch.tellFailed(call, result);
      } else if (call.isQuiet()) {
        call.say(result.get("vm").text("id"));
      } else {
        String line =
            Text.pad(Text.safe(result.get("vm").text("name")), width)
                + "  "
                + Text.pad(Show.state(result.get("vm")), 8)
                + "  "
                + Text.padLeft(Quantities.elapsed(result.get("elapsedMs").number(0)), 9)
                + "  "
                + Text.safe(result.text("note"));
        call.out().println(line.stripTrailing());
      }
    }
    if (results.elements().isEmpty() && !call.isQuiet()) {
      call.note("no VMs");
    }
  }
}
