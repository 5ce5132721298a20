package dev.banger.plugin.identity;

import dev.banger.api.CommandResult;
import dev.banger.api.Started;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The plugin between a user with the real git and a guest that is a directory. */
final class Bench {
  static final VmView WEB = FakeVm.running("web");

  final HostHome home;
  final FakeCapabilityHost host;
  final GuestShell shell;
  private FakeContext context;

  Bench(Path temp) throws IOException {
    home = new HostHome(temp.resolve("home"));
    host =
        new FakeCapabilityHost(
            Registration.of(new GitIdentityPlugin()).permissions(),
            Files.createDirectory(temp.resolve("guests")));
    shell = new GuestShell(host::guestRoot);
    host.with(WEB).tool("git", home).answering(shell);
    context = new FakeContext(GitIdentityPlugin.ID, temp, host, IdentitySettings.DEFAULTS);
    Files.createDirectories(guest("/root"));
  }

  Bench configured(String name, String email) {
    context = context.configured(IdentitySettings.DEFAULTS, Map.of("name", name, "email", email));
    return this;
  }

  FakeContext context() {
    return context;
  }

  Started<IdentityReceipt> start() throws Exception {
    return new IdentityStep().start(FakeStepContext.starting(context, WEB));
  }

  /**
   * After a repository was imported.
   *
   * @return what it told
   */
  List<String> follow(Path source, String dest) throws Exception {
    FakeCommandCall call =
        FakeCommandCall.following(
            Map.of("vm", "web", "path", source.toString()), Path.of("/"), context);
    new CheckoutFollower().follow(call, CommandResult.object(Map.of("dest", dest)));
    return call.stages();
  }

  Path guest(String path) {
    return host.guestRoot(WEB).resolve(path.substring(1));
  }

  Bench guestFile(String path, String content) throws IOException {
    Files.createDirectories(guest(path).getParent());
    Files.writeString(guest(path), content);
    return this;
  }

  String read(String path) throws IOException {
    return Files.readString(guest(path), StandardCharsets.ISO_8859_1);
  }

  /** What git would take for the identity in a guest with this file. */
  String identityBy(String file) throws Exception {
    return home.git(
        guest("/root"),
        "config",
        "--file",
        guest(file).toString(),
        "--get-regexp",
        "^user\\.(name|email)$");
  }
}
