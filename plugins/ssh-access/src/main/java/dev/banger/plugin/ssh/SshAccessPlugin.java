package dev.banger.plugin.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.DoctorCheck;
import dev.banger.api.GuestFile;
import dev.banger.api.Launch;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.api.VmView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** See the package. */
public final class SshAccessPlugin implements CapabilityPlugin {
  static final CommandSpec SSH_INFO =
      CommandSpec.builder("vm ssh-info", "Show how to log in to a VM by SSH")
          .description(
              "Prints the user, the key and the file that pins the host key of a VM. The address and"
                  + " port are those of vm show; pass HostKeyAlias to ssh, so that the pinned key is"
                  + " found whatever the address.")
          .example("banger vm ssh-info web -o json")
          .role("vm.ssh.info")
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM"))
          .column("name", "NAME")
          .column("user", "USER")
          .column("identityFile", "KEY")
          .column("hostKeyAlias", "ALIAS")
          .build();

  private final Path keyDir;

  /** As the daemon makes it. */
  public SshAccessPlugin() {
    this(UserKeyDir.of(System.getenv()));
  }

  /**
   * @param keyDir where the key pair of banger's own is kept
   */
  SshAccessPlugin(Path keyDir) {
    this.keyDir = keyDir;
  }

  @Override
  public void register(Registrar registrar) {
    registrar.describe("SSH into guests with a key of banger's own and pinned host keys");
    registrar.needs(Permission.VM_READ, Permission.GUEST_EXEC, Permission.hostTool("ssh-keygen"));
    registrar.config(SshSettings.DEFAULTS);
    registrar.contribute(this::contribute);
    registrar.step(
        StepSpec.bestEffort("policy", Phase.GUEST), PolicyReceipt.class, new PolicyStep());
    registrar.vmRemoved((vm, context) -> Keys.forget(context, vm.id()));
    registrar.sweep(Keys::sweep);
    registrar.command(SSH_INFO, this::info);
    registrar.doctor("ssh-keygen", SshAccessPlugin::check);
  }

  void contribute(VmView vm, Launch launch, PluginContext context) throws Exception {
    KeyPair hostKey = Keys.host(context, vm);
    byte[] authorized = line(Keys.user(context, keyDir).publicLine());
    launch.file(GuestFile.directory("/root/.ssh", 0700));
    launch.file(GuestFile.file("/root/.ssh/authorized_keys", 0600, authorized));
    launch.file(GuestFile.file("/etc/ssh/ssh_host_ed25519_key", 0600, hostKey.privateBytes()));
    launch.file(
        GuestFile.file("/etc/ssh/ssh_host_ed25519_key.pub", 0644, line(hostKey.publicLine())));
    launch.file(GuestFile.file(SshdConfig.PATH, 0644, SshdConfig.TEXT.getBytes(UTF_8)));
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(UTF_8);
  }

  CommandResult info(CommandCall call) throws Exception {
    VmView vm = call.host().resolve(call.text("vm"));
    UserKey user = Keys.user(call.context(), keyDir);
    Path knownHosts = Keys.knownHosts(call.context(), vm);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", vm.id());
    fields.put("name", vm.name());
    fields.put("user", "root");
    fields.put("identityFile", user.identityFile().toString());
    fields.put("knownHostsFile", knownHosts.toString());
    fields.put("hostKeyAlias", Keys.alias(vm));
    return CommandResult.object(fields);
  }

  static DoctorCheck.Outcome check(PluginContext context) throws IOException {
    try {
      OwnKey.of(context.config(SshSettings.class));
    } catch (CapabilityException e) {
      return DoctorCheck.Outcome.fail(e.getMessage(), e.hint());
    }
    return context
        .host()
        .find("ssh-keygen")
        .map(tool -> DoctorCheck.Outcome.ok(tool.toString()))
        .orElseGet(
            () ->
                DoctorCheck.Outcome.fail(
                    "ssh-keygen is not installed; guests cannot be started with SSH",
                    "apt install openssh-client"));
  }
}
