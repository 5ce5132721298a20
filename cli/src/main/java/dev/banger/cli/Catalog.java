package dev.banger.cli;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Options;
import dev.banger.cli.command.ConfigCommands;
import dev.banger.cli.command.DaemonCommands;
import dev.banger.cli.command.Doctor;
import dev.banger.cli.command.ImageCommands;
import dev.banger.cli.command.ImageImport;
import dev.banger.cli.command.OpCommands;
import dev.banger.cli.command.OpWatch;
import dev.banger.cli.command.PluginDev;
import dev.banger.cli.command.PluginInfo;
import dev.banger.cli.command.PluginInstall;
import dev.banger.cli.command.PluginList;
import dev.banger.cli.command.PluginNew;
import dev.banger.cli.command.PluginRemove;
import dev.banger.cli.command.PluginSwitch;
import dev.banger.cli.command.PluginTrace;
import dev.banger.cli.command.Version;
import dev.banger.cli.command.VmBatch;
import dev.banger.cli.command.VmCopy;
import dev.banger.cli.command.VmCreate;
import dev.banger.cli.command.VmExec;
import dev.banger.cli.command.VmHealth;
import dev.banger.cli.command.VmList;
import dev.banger.cli.command.VmLogs;
import dev.banger.cli.command.VmProxy;
import dev.banger.cli.command.VmRun;
import dev.banger.cli.command.VmSet;
import dev.banger.cli.command.VmShow;
import dev.banger.cli.command.VmSsh;
import dev.banger.cli.command.VmSshConfig;
import dev.banger.cli.command.VmStats;
import dev.banger.cli.command.VmWait;
import java.util.ArrayList;
import java.util.List;

/** The commands that come with the command line itself. Building one loads that one only. */
final class Catalog {
  private Catalog() {}

  /** Groups, in the order of the help, with what they are about. */
  static String[][] groups() {
    return new String[][] {
      {"vm", "virtual machines"},
      {"image", "what VMs boot from"},
      {"op", "operations: what the daemon is doing, or did"},
      {"plugin", "what adds features"},
      {"daemon", "the process behind it all"},
      {"config", "the configuration file"},
    };
  }

  /** Paths in the order of the help. */
  static List<String> paths() {
    return List.of(
        "vm create",
        "vm run",
        "vm start",
        "vm stop",
        "vm restart",
        "vm kill",
        "vm pause",
        "vm resume",
        "vm touch",
        "vm delete",
        "vm set",
        "vm list",
        "vm show",
        "vm exec",
        "vm ssh",
        "vm ssh-config",
        "vm cp",
        "vm logs",
        "vm stats",
        "vm wait",
        "vm health",
        "vm repair",
        "image list",
        "image show",
        "image import",
        "image delete",
        "op list",
        "op show",
        "op watch",
        "op cancel",
        "plugin list",
        "plugin info",
        "plugin install",
        "plugin remove",
        "plugin enable",
        "plugin disable",
        "plugin rollback",
        "plugin reload",
        "plugin trace",
        "plugin new",
        "plugin dev",
        "daemon start",
        "daemon stop",
        "daemon restart",
        "daemon status",
        "daemon logs",
        "daemon describe",
        "config show",
        "config check",
        "config path",
        "doctor",
        "completion",
        "version");
  }

  /** What a short form at the top level stands for, or null. */
  static String shortForm(String word) {
    return switch (word) {
      case "run" -> "vm run";
      case "ls" -> "vm list";
      case "ssh" -> "vm ssh";
      case "rm" -> "vm delete";
      default -> null;
    };
  }

  static boolean isGroup(String word) {
    return switch (word) {
      case "vm", "image", "op", "plugin", "daemon", "config" -> true;
      default -> false;
    };
  }

  /** The command at {@code path}, or null when there is none. */
  static Command create(String path) {
    return switch (path) {
      case "vm create" -> new VmCreate();
      case "vm run" -> new VmRun();
      case "vm start",
          "vm stop",
          "vm restart",
          "vm kill",
          "vm delete",
          "vm pause",
          "vm resume",
          "vm touch",
          "vm repair" ->
          new VmBatch(path.substring(3));
      case "vm set" -> new VmSet();
      case "vm list" -> new VmList();
      case "vm show" -> new VmShow();
      case "vm exec" -> new VmExec();
      case "vm ssh" -> new VmSsh();
      case "vm ssh-config" -> new VmSshConfig();
      case "vm cp" -> new VmCopy();
      case "vm logs" -> new VmLogs();
      case "vm stats" -> new VmStats();
      case "vm wait" -> new VmWait();
      case "vm health" -> new VmHealth();
      case "vm proxy" -> new VmProxy();
      case "image list", "image show", "image delete" -> new ImageCommands(path.substring(6));
      case "image import" -> new ImageImport();
      case "op list", "op show", "op cancel" -> new OpCommands(path.substring(3));
      case "op watch" -> new OpWatch();
      case "plugin list" -> new PluginList();
      case "plugin info" -> new PluginInfo();
      case "plugin install" -> new PluginInstall();
      case "plugin remove" -> new PluginRemove();
      case "plugin enable", "plugin disable", "plugin rollback", "plugin reload" ->
          new PluginSwitch(path.substring(7));
      case "plugin trace" -> new PluginTrace();
      case "plugin new" -> new PluginNew();
      case "plugin dev" -> new PluginDev();
      case "daemon start",
          "daemon stop",
          "daemon restart",
          "daemon status",
          "daemon logs",
          "daemon describe" ->
          new DaemonCommands(path.substring(7));
      case "config show", "config check", "config path" -> new ConfigCommands(path.substring(7));
      case "doctor" -> new Doctor();
      case "completion" -> new CompletionScript();
      case "version" -> new Version();
      default -> null;
    };
  }

  /** {@link #create} with its words described. */
  static Options describe(String path) {
    Options options = new Options(List.of(path.split(" ")));
    create(path).describe(options);
    return options;
  }

  /** The second words of a group, or the first words of all. */
  static List<String> words(String group) {
    List<String> words = new ArrayList<>();
    for (String path : paths()) {
      if (group.isEmpty()) {
        int space = path.indexOf(' ');
        String first = space < 0 ? path : path.substring(0, space);
        if (!words.contains(first)) {
          words.add(first);
        }
      } else if (path.startsWith(group + " ")) {
        words.add(path.substring(group.length() + 1));
      }
    }
    if (group.isEmpty()) {
      words.addAll(List.of("run", "ls", "ssh", "rm", "help", PluginCatalog.WORD));
    }
    return words;
  }
}
