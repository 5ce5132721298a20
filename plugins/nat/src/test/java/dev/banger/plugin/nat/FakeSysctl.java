package dev.banger.plugin.nat;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.testkit.ToolScript;
import java.util.List;
import java.util.Map;

/** The one setting of the kernel that the plugin changes. */
final class FakeSysctl implements ToolScript {
  private String forward = "0";

  @Override
  public ToolResult run(ToolCall call) {
    List<String> words = call.argv().subList(1, call.argv().size());
    if (words.equals(List.of("-n", "net.ipv4.ip_forward"))) {
      return new ToolResult(0, forward + "\n", "");
    }
    if (words.size() == 3
        && words.subList(0, 2).equals(List.of("-q", "-w"))
        && words.getLast().startsWith("net.ipv4.ip_forward=")) {
      forward = words.getLast().replaceFirst(".*=", "");
      return new ToolResult(0, "", "");
    }
    throw new AssertionError(call.argv());
  }

  void set(String value) {
    forward = value;
  }

  @Override
  public Map<String, String> state() {
    return Map.of("net.ipv4.ip_forward", forward);
  }
}
