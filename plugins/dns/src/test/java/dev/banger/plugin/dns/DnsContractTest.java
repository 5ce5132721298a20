package dev.banger.plugin.dns;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.ToolScript;
import dev.banger.testkit.World;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** With every VM on one bridge of a host where systemd-resolved runs: nothing is skipped then. */
class DnsContractTest extends PluginContract {
  private FakeResolved resolved;

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.named("dns", "1.0.0", () -> new DnsPlugin(_ -> "br-banger"));
  }

  /** The address is the same after a restart, as it is configured; nobody asks it here. */
  @Override
  protected Map<String, ?> config() {
    return Map.of("listen", "127.0.0.254:42169");
  }

  @Override
  protected void world(World world) {
    resolved = new FakeResolved();
    world.tool("getent", _ -> new ToolResult(2, "", ""));
    world.tool("resolvectl", resolved);
  }

  @Override
  protected void removeOutside(World world, VmView vm) {
    resolved.settings.clear();
    world.store().delete("vm/" + vm.id());
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("dns list", Map.of()), CommandCase.of("dns status", Map.of()));
  }

  /** Knows what it was told about links, and says it as resolvectl does. */
  private static final class FakeResolved implements ToolScript {
    private final Map<String, String> settings = new TreeMap<>();

    @Override
    public ToolResult run(ToolCall call) {
      List<String> argv = call.argv();
      String verb = argv.get(1);
      if (verb.equals("revert")) {
        settings.keySet().removeIf(key -> key.startsWith(argv.get(2) + " "));
      } else if (argv.size() == 4) {
        settings.put(argv.get(2) + " " + verb, argv.get(3));
      } else if (argv.size() == 3 && !verb.startsWith("-")) {
        String value = settings.getOrDefault(argv.get(2) + " " + verb, "");
        return new ToolResult(0, "Link 7 (%s): %s\n".formatted(argv.get(2), value), "");
      }
      return new ToolResult(0, "", "");
    }

    @Override
    public Map<String, String> state() {
      return Map.copyOf(settings);
    }
  }
}
