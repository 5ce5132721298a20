package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import java.io.IOException;

/** {@code banger doctor}. */
public final class Doctor implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("what this host has, what it lacks, and how to mend it")
        .description("Exit code 1 when something that is needed fails.")
        .flag("--fix", "mend what banger and its plugins know how to mend, then look again")
        .flag("--bundle", "write what a report of a problem needs into one file, without secrets")
        .value("--to", "FILE", "path", "the file of --bundle; by default named after the time")
        .example("banger doctor")
        .example("banger doctor --fix")
        .example("banger doctor --bundle")
        .example("banger doctor -o json");
  }

  @Override
  public int run(Invocation call) throws IOException {
    boolean isBundle = call.parsed().flag("--bundle");
    if (call.parsed().value("--to") != null && !isBundle) {
      throw Failure.usage("--to names the file of --bundle", "banger doctor --bundle --to FILE");
    }
    if (isBundle) {
      if (call.parsed().flag("--fix")) {
        throw Failure.usage(
            "--bundle and --fix exclude each other", "banger doctor --fix, then --bundle");
      }
      return new DoctorBundle(call).write();
    }
    Json checks = call.call("doctor.run", params(call));
    boolean isAnyFailed = false;
    int width = 0;
    for (Json check : checks.elements()) {
      isAnyFailed |= "fail".equals(check.text("status"));
      width = Math.max(width, Text.safe(check.text("id")).length());
    }
    if (call.isJson()) {
      call.print(checks);
    } else {
      for (Json check : checks.elements()) {
        if (!call.isQuiet()) {
          show(call, check, width);
        } else if (!"ok".equals(check.text("status"))) {
          call.say(check.text("id"));
        }
      }
    }
    return isAnyFailed ? Failure.FAILED : 0;
  }

  private static Json params(Invocation call) {
    Json.Builder params = Json.build();
    return call.parsed().flag("--fix") ? params.put("fix", true).done() : params.done();
  }

  private static void show(Invocation call, Json check, int width) {
    boolean isColorful = call.console().isOutputColorful();
    String mark =
        switch (check.text("status")) {
          case "ok" -> isColorful ? "\u001b[32m✓\u001b[0m   " : "ok  ";
          case "warn" -> isColorful ? "\u001b[33m!\u001b[0m   " : "warn";
          default -> isColorful ? "\u001b[31m✗\u001b[0m   " : "fail";
        };
    call.out()
        .println(
            mark
                + "  "
                + Text.pad(Text.safe(check.text("id")), width)
                + "  "
                + Text.safe(check.text("summary")));
    if (!check.text("fixed").isEmpty()) {
      // What was done and did not suffice is told, too.
      String label = "ok".equals(check.text("status")) ? "fixed: " : "tried: ";
      call.out().println(" ".repeat(width + 8) + label + Text.safe(check.text("fixed")));
    }
    if (!check.text("remedy").isEmpty() && !"ok".equals(check.text("status"))) {
      call.out().println(" ".repeat(width + 8) + "to mend: " + Text.safe(check.text("remedy")));
    }
  }
}
