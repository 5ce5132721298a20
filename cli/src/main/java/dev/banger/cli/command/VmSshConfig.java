package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** {@code banger vm ssh-config}. */
public final class VmSshConfig implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("OpenSSH configuration for VMs, host keys pinned")
        .description(
            "Without REF: for every running VM. ssh, scp, sftp, rsync and editors take it as it is.\n"
                + "Put Include first in ~/.ssh/config: the first value wins there.")
        .positional("REF", "vm", 0, Integer.MAX_VALUE, "name, id, or unique beginning of an id")
        .example(
            "banger vm ssh-config > ~/.ssh/banger.conf    # Include banger.conf in ~/.ssh/config")
        .example("banger vm ssh-config web | ssh -F /dev/stdin web");
  }

  @Override
  public int run(Invocation call) {
    PluginCommand plugin = PluginCommand.ssh(call.console(), call.client());
    List<String> refs = new ArrayList<>(call.parsed().arguments());
    if (refs.isEmpty()) {
      for (Json vm : call.call("vm.list", Json.build().done()).elements()) {
        if ("running".equals(vm.text("state"))) {
          refs.add(vm.text("id"));
        }
      }
    }
    List<SshTarget> targets = new ArrayList<>();
    for (String ref : refs) {
      targets.add(SshTarget.of(call, plugin, call.client(), ref));
    }
    if (call.isJson()) {
      printJson(call, targets);
      return 0;
    }
    for (SshTarget target : targets) {
      // The second word is nobody else's: for whoever has another host of the VM's name. It is the
      // host's name too, so that a connection that ssh shares (ControlPath with %h) is the VM's.
      call.out().println("Host " + target.name() + " " + target.hostKeyAlias());
      line(call, "HostName", target.hostKeyAlias());
      line(call, "User", target.user());
      for (String[] setting : target.settings(call)) {
        line(call, setting[0], setting[1]);
      }
      call.out().println();
    }
    return 0;
  }

  private static void line(Invocation call, String keyword, String value) {
    call.out().println("    " + keyword + " " + value);
  }

  private static void printJson(Invocation call, List<SshTarget> targets) {
    List<Json> all = new ArrayList<>();
    for (SshTarget target : targets) {
      Json.Builder one =
          Json.build()
              .put("id", target.id())
              .put("name", target.name())
              .put("user", target.user())
              .put("identityFile", target.identityFile())
              .put("knownHostsFile", target.knownHostsFile())
              .put("hostKeyAlias", target.hostKeyAlias());
      for (String[] setting : target.settings(call)) {
        if (setting[0].equals("ProxyCommand")) {
          one.put("proxyCommand", setting[1]);
        }
      }
      all.add(one.done());
    }
    call.print(Json.array(all));
  }
}
