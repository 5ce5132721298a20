package dev.banger.cli.command;

import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** What plugins may do and add, in plain words. The caller makes the text safe. */
final class PluginWords {
  private static final String HOST_TOOL = "host.exec:";

  private PluginWords() {}

  /** {@code read VMs, run guest commands}; empty when there are none. */
  static String permissions(List<String> permissions) {
    List<String> words = new ArrayList<>();
    for (String permission : permissions) {
      words.add(permission(permission));
    }
    return String.join(", ", words);
  }

  private static String permission(String name) {
    return switch (name) {
      case "vm.read" -> "read VMs";
      case "vm.lock" -> "lock VMs";
      case "vm.stop" -> "stop VMs";
      case "image.read" -> "read images";
      case "guest.exec" -> "run guest commands";
      case "guest.ports" -> "see what listens in guests";
      case "guest.files" -> "read and write guest files";
      case "guest.dial" -> "connect to guest ports";
      default ->
          name.startsWith(HOST_TOOL)
              ? "run " + name.substring(HOST_TOOL.length()) + " on this host"
              : name;
    };
  }

  /**
   * {@code step log, command "vm audit", doctor: audit, work after vm.run.import}; empty when it
   * adds nothing.
   *
   * @param adds an object with {@code steps}, {@code commands}, {@code checks}, {@code hooks}
   */
  static String adds(Json adds) {
    List<String> commands = new ArrayList<>();
    for (String command : names(adds.get("commands"))) {
      commands.add("\"" + command + "\"");
    }
    return join(
        ", ",
        several("step ", "steps ", names(adds.get("steps"))),
        several("command ", "commands ", commands),
        several("doctor: ", "doctor: ", names(adds.get("checks"))),
        several("hook ", "hooks ", hooks(adds, false)),
        several("work ", "work ", hooks(adds, true)));
  }

  /** {@code sweep} and the like, or {@code after vm.run.import} and the like. */
  private static List<String> hooks(Json adds, boolean following) {
    return names(adds.get("hooks")).stream()
        .filter(hook -> hook.startsWith("after ") == following)
        .toList();
  }

  /** The same as a table's cell: {@code step log; vm audit; doctor: audit}. */
  static String cell(Json adds) {
    return join(
        "; ",
        several("step ", "steps ", names(adds.get("steps"))),
        several("", "", names(adds.get("commands"))),
        several("doctor: ", "doctor: ", names(adds.get("checks"))));
  }

  private static String several(String one, String many, List<String> names) {
    return names.isEmpty() ? "" : (names.size() == 1 ? one : many) + String.join(", ", names);
  }

  private static String join(String between, String... parts) {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      if (!part.isEmpty()) {
        text.append(text.isEmpty() ? "" : between).append(part);
      }
    }
    return text.toString();
  }

  /** The elements' texts; of an object its {@code name} or {@code path}. */
  private static List<String> names(Json list) {
    List<String> names = new ArrayList<>();
    for (Json element : list.elements()) {
      if (element.isArray()) {
        names.add(String.join(" ", element.texts()));
      } else if (element.get("path").isArray()) {
        names.add(String.join(" ", element.get("path").texts()));
      } else {
        names.add(element.isObject() ? element.text("name") : element.text());
      }
    }
    return names;
  }

  /** {@code audit 0.1.0 active 1.0.0 stays until vm web is stopped}. */
  static String line(Json plugin) {
    StringBuilder line = new StringBuilder(plugin.text("id"));
    if (!plugin.text("version").isEmpty()) {
      line.append(' ').append(plugin.text("version"));
    }
    line.append("  ").append(plugin.text("state"));
    if (!plugin.text("note").isEmpty()) {
      line.append("  ").append(plugin.text("note"));
    }
    return line.toString();
  }

  /** What to type about a plugin in that state; empty when there is nothing to do. */
  static String remedy(String id, String state) {
    return switch (state) {
      case "active" -> "";
      case "disabled" -> "banger plugin enable " + id;
      default -> "banger plugin info " + id;
    };
  }
}
