package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Asks the guest's init to power off. */
final class Power {
  private static final long SECONDS = 20;

  private final Surroundings surroundings;

  Power(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  void off() throws IOException, InterruptedException, RequestException {
    String systemctl = surroundings.tool("systemctl");
    String poweroff = surroundings.tool("poweroff");
    List<List<String>> ways = new ArrayList<>();
    if (systemctl != null && new Init(surroundings).isSystemd()) {
      ways.add(List.of(systemctl, "--no-block", "poweroff"));
    }
    if (poweroff != null) {
      ways.add(List.of(poweroff));
    }
    ways.add(List.of(surroundings.busybox(), "poweroff"));
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
}
