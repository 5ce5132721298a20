package dev.banger.plugin.dns;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What systemd-resolved is told about one link: to ask this server for the zone, and for nothing
 * else. It forgets it by itself when the link goes.
 *
 * @param link the name of a network device
 * @param server ADDRESS:PORT; needs systemd 246
 */
record ResolvedLink(String link, String zone, String server) {
  private static final String TOOL = "resolvectl";
  private static final Duration LIMIT = Duration.ofSeconds(2);

  /** May be repeated. */
  void apply(PluginContext context) throws InterruptedException {
    for (List<String> call :
        List.of(
            List.of(TOOL, "dns", link, server),
            List.of(TOOL, "domain", link, "~" + zone),
            List.of(TOOL, "default-route", link, "false"),
            List.of(TOOL, "dnssec", link, "no"))) {
      ToolResult told = context.host().run(ToolCall.of(LIMIT, call).privileged());
      if (!told.ok()) {
        throw failed(call, told);
      }
    }
  }

  /** As far as systemd-resolved says. */
  boolean isApplied(PluginContext context) throws InterruptedException {
    return has(context, "dns", server) && has(context, "domain", "~" + zone);
  }

  private boolean has(PluginContext context, String what, String word) throws InterruptedException {
    ToolResult said = context.host().run(ToolCall.of(LIMIT, TOOL, what, link));
    return said.ok() && List.of(said.stdout().strip().split("\\s+")).contains(word);
  }

  /** Succeeds when there is nothing to take back. */
  void revert(PluginContext context) throws InterruptedException {
    if (context.host().find(TOOL).isEmpty()) {
      return;
    }
    List<String> call = List.of(TOOL, "revert", link);
    ToolResult told = context.host().run(ToolCall.of(LIMIT, call).privileged());
    if (!told.ok() && Files.exists(Path.of("/sys/class/net", link))) {
      throw failed(call, told);
    }
  }

  private static CapabilityException failed(List<String> call, ToolResult told) {
    return new CapabilityException(
        FailureKind.HOST,
        "%s failed with exit code %d: %s"
            .formatted(
                String.join(" ", call), told.exitCode(), HostNames.shown(told.stderr().strip())),
        "banger doctor");
  }
}
