package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the guest's init to power off; or to restart, where the VMM has no power to switch off and
 * ends with a restart.
 */
final class Power {
  private static final long SECONDS = 20;

  /** Said on the kernel's command line by whoever started the guest. */
  private static final String BY_RESTART = "banger.poweroff=reboot";

  private final Surroundings surroundings;

  Power(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  void off() throws IOException, InterruptedException, RequestException {
    String systemctl = surroundings.tool("systemctl");
    String verb = verb();
    String tool = surroundings.tool(verb);
    List<List<String>> ways = new ArrayList<>();
    if (systemctl != null && new Init(surroundings).isSystemd()) {
      ways.add(List.of(systemctl, "--no-block", verb));
    }
    if (tool != null) {
      ways.add(List.of(tool));
    }
    ways.add(List.of(surroundings.busybox(), verb));
    StringBuilder failures = new StringBuilder();
    for (List<String> way : ways) {
      Tool.Outcome outcome = Tool.run(SECONDS, way);
      if (outcome.code() == 0) {
        return;
      }
      failures.append(way.get(0)).append(": ").append(outcome.output()).append("; ");
    }
    throw new RequestException(FailureKind.FAILED, "the guest cannot power off: " + failures);
  }

  private String verb() {
    try {
      String line = Files.readString(surroundings.file("/proc/cmdline"));
      return List.of(line.strip().split("\\s+")).contains(BY_RESTART) ? "reboot" : "poweroff";
    } catch (IOException e) {
      return "poweroff";
    }
  }
}
