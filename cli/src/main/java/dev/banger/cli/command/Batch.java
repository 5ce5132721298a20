package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.client.Json;
import java.util.Map;

/** Several VMs at once: by reference, all of them, or by label. */
final class Batch {
  private Batch() {}

  static void describe(Options options) {
    options
        .positional("REF", "vm", 0, Integer.MAX_VALUE, "name, id, or unique beginning of an id")
        .flag("--all", "every VM")
        .repeat("--label", "KEY=VALUE", "every VM with this label");
  }

  /**
   * {@code refs}, {@code all}, {@code labels}.
   *
   * @throws Failure when nothing says which VMs
   */
  static Json.Builder params(Invocation call, String command) {
    Parsed parsed = call.parsed();
    Map<String, String> labels = parsed.pairs("--label");
    boolean all = parsed.flag("--all");
    if (parsed.arguments().isEmpty() && !all && labels.isEmpty()) {
      throw Failure.usage(
          "banger " + command + " needs to know which VM",
          "banger "
              + command
              + " REF..., or --all, or --label KEY=VALUE; banger ls --all lists them");
    }
    if (all && !parsed.arguments().isEmpty()) {
      throw Failure.usage(
          "--all and \"" + parsed.argument(0) + "\" exclude each other", "give one of them");
    }
    Json.Builder params = Json.build().put("refs", Json.strings(parsed.arguments()));
    params.put("all", all);
    if (!labels.isEmpty()) {
      params.put("labels", Json.ofMap(labels));
    }
    return params;
  }

  /** Whether exactly one VM was asked for by name. */
  static boolean isSingle(Invocation call) {
    return call.parsed().arguments().size() == 1;
  }

  /** The failure of the only target; null when it went well or there are several. */
  static Failure singleFailure(Invocation call, Json results) {
    if (isSingle(call) && results.elements().size() == 1) {
      Json only = results.elements().get(0);
      if (!only.get("ok").truth(false)) {
        return Failure.of(only.get("error"));
      }
    }
    return null;
  }

  /** Prints how many failed, when any did. */
  static int exitCode(Invocation call, Json results) {
    int failed = 0;
    for (Json result : results.elements()) {
      failed += result.get("ok").truth(false) ? 0 : 1;
    }
    if (failed == 0) {
      return 0;
    }
    if (!call.isJson() && results.elements().size() > 1) {
      call.note(failed + " of " + results.elements().size() + " failed");
    }
    return Failure.FAILED;
  }

  /** Tells a failed target on standard error. */
  static void tellFailed(Invocation call, Json result) {
    Json error = result.get("error");
    call.out().flush();
    call.note(result.text("ref") + "  failed  " + error.text("message"));
    for (String detail : error.get("details").texts()) {
      call.note("  " + detail);
    }
    if (!error.text("hint").isEmpty()) {
      call.note("  hint: " + error.text("hint"));
    }
  }
}
