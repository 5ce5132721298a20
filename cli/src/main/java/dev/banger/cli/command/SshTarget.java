package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Stages;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How OpenSSH reaches a VM: through the guest's agent, whatever its network, with its host key
 * pinned.
 */
record SshTarget(
    String id,
    String name,
    String user,
    String identityFile,
    String knownHostsFile,
    String hostKeyAlias) {
  /** Where sshd listens in a guest. */
  static final int PORT = 22;

  static SshTarget of(Invocation call, PluginCommand plugin, BangerClient client, String ref) {
    Json info = plugin.call(call, client, Json.build().put("vm", ref).done(), Stages.hidden(call));
    SshTarget target =
        new SshTarget(
            info.text("id"),
            info.text("name"),
            info.text("user"),
            info.text("identityFile"),
            info.text("knownHostsFile"),
            info.text("hostKeyAlias"));
    for (String word :
        List.of(
            target.id,
            target.name,
            target.user,
            target.identityFile,
            target.knownHostsFile,
            target.hostKeyAlias)) {
      if (word.isEmpty() || !word.equals(Text.safe(word))) {
        throw Failure.failed(
            "internal",
            "the SSH plugin's answer for \"" + ref + "\" cannot be used: " + info,
            "banger plugin list");
      }
    }
    for (String path : List.of(target.identityFile, target.knownHostsFile)) {
      if (path.contains("${")) {
        throw Failure.failed(
            "invalid",
            "ssh cannot use " + path + ": it takes ${...} in it for a variable",
            "move banger's data elsewhere with BANGER_HOME, or the key of ssh_key");
      }
    }
    // These become words of a command line and of a configuration file.
    for (String word : List.of(target.id, target.name, target.user, target.hostKeyAlias)) {
      if (word.startsWith("-") || !word.matches("[A-Za-z0-9._-]+")) {
        throw Failure.failed(
            "internal", "the SSH plugin gave \"" + word + "\" where a plain word is due", "");
      }
    }
    return target;
  }

  /**
   * Keywords and values, as both the command line and the configuration file take them. The guest
   * is not trusted: it gets neither agent nor display, may not ask for a password, and may not have
   * other host keys remembered for it.
   */
  List<String[]> settings(Invocation call) {
    List<String[]> settings = new ArrayList<>();
    settings.add(new String[] {"ProxyCommand", proxyCommand(call)});
    settings.add(new String[] {"HostKeyAlias", hostKeyAlias});
    settings.add(new String[] {"UserKnownHostsFile", quoted(knownHostsFile)});
    settings.add(new String[] {"StrictHostKeyChecking", "yes"});
    settings.add(new String[] {"UpdateHostKeys", "no"});
    settings.add(new String[] {"IdentityFile", quoted(identityFile)});
    settings.add(new String[] {"IdentitiesOnly", "yes"});
    settings.add(new String[] {"PreferredAuthentications", "publickey"});
    settings.add(new String[] {"ForwardAgent", "no"});
    settings.add(new String[] {"ForwardX11", "no"});
    return settings;
  }

  /** In OpenSSH's own quoting; its {@code %} sequences are not meant. */
  static String quoted(String path) {
    String escaped = path.replace("%", "%%");
    return escaped.matches("[A-Za-z0-9/._,:@+%-]+")
        ? escaped
        : "\"" + escaped.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /**
   * A shell line that leads to the guest's sshd. The variables that say which daemon is meant go
   * with it: ssh may be started from elsewhere.
   */
  private String proxyCommand(Invocation call) {
    StringBuilder line = new StringBuilder();
    for (String variable : List.of("BANGER_HOME", "BANGER_SOCKET")) {
      String value = call.console().variable(variable);
      if (!value.isEmpty()) {
        String absolute = call.console().directory().resolve(value).normalize().toString();
        line.append(line.isEmpty() ? "env " : " ")
            .append(variable)
            .append('=')
            .append(Text.shellQuote(absolute));
      }
    }
    line.append(line.isEmpty() ? "" : " ").append(Text.shellQuote(launcher()));
    line.append(" vm proxy ").append(id).append(' ').append(PORT);
    return line.toString().replace("%", "%%");
  }

  /**
   * Where banger is found later too: a line of this may live for long in a configuration file, and
   * a distribution keeps each build in {@code versions/} only until it is out of use.
   */
  private static String launcher() {
    String distribution = System.getProperty("banger.dist", "");
    if (distribution.isEmpty()) {
      return "banger";
    }
    Path build = Path.of(distribution).toAbsolutePath();
    Path versions = build.getParent();
    if (versions != null && versions.endsWith("versions")) {
      Path lasting = versions.resolveSibling("bin/banger");
      if (Files.isExecutable(lasting)) {
        return lasting.toString();
      }
    }
    return build.resolve("bin/banger").toString();
  }
}
