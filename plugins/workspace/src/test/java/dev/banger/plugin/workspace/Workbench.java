package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CommandResult;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A repository on the host, a VM with its workspace, and what one types. The guest's commands run
 * on this host, with the guest's paths turned into places in a temporary directory.
 */
final class Workbench {
  static final FakeVm WEB = FakeVm.running("web");

  final Path temp;
  final FakeCapabilityHost host;
  final FakeContext context;
  final Repository source;
  private boolean hasGit = true;
  private FakeCommandCall last;

  /** What the guest does instead of an honest one; null for no special answer. */
  private Function<GuestCommand, GuestResult> lie = _ -> null;

  Workbench(Path temp) throws Exception {
    this.temp = temp;
    host =
        new FakeCapabilityHost(
                Registration.of(new WorkspacePlugin()).permissions(),
                Files.createDirectory(temp.resolve("guests")))
            .with(WEB)
            .with(FakeVm.running("down").in("stopped"))
            .answering(this::inGuest);
    context = new FakeContext("workspace", Files.createDirectory(temp.resolve("data")), host);
    source = Repository.init(temp.resolve("src/shop"));
    source.write("README", "one\n").write("lib/code.txt", "code\n").write(".gitignore", "*.log\n");
    source.commit("First");
  }

  /** From now on the guest has no git. */
  Workbench withoutGit() {
    hasGit = false;
    return this;
  }

  Workbench lying(Function<GuestCommand, GuestResult> answers) {
    lie = answers;
    return this;
  }

  Repository guest() {
    return new Repository(host.guestRoot(WEB).resolve("root/repo"));
  }

  Map<?, ?> prepare(String... options) throws Exception {
    Map<String, String> values = new HashMap<>(Map.of("vm", "web", "path", "" + source.root()));
    put(values, options);
    return (Map<?, ?>)
        WorkspacePlugin.prepare(FakeCommandCall.of(WorkspacePlugin.PREPARE, values, temp, context))
            .value();
  }

  /** Exports with these options, typed in the temporary directory. */
  Map<?, ?> export(String... options) throws Exception {
    Map<String, String> values = new HashMap<>(Map.of("vm", "web"));
    put(values, options);
    last = FakeCommandCall.of(Export.COMMAND, values, temp, context);
    return (Map<?, ?>) Export.export(last).value();
  }

  Map<?, ?> changes() throws Exception {
    CommandResult result =
        Export.changes(FakeCommandCall.of(Export.CHANGES, Map.of("vm", "web"), temp, context));
    return (Map<?, ?>) result.value();
  }

  /** What people saw of the last export. */
  List<String> shown() {
    return last.stages();
  }

  private static void put(Map<String, String> values, String... options) {
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
  }

  /** The state of the user's repository that no export may change. */
  String stateOfSource() throws Exception {
    return source.git("status", "--porcelain", "-uall")
        + source.git("symbolic-ref", "HEAD")
        + source.sh("git for-each-ref | grep -v refs/heads/banger/")
        + source.git("config", "--local", "--list")
        + source.git("ls-files", "--stage")
        + source.sh("ls -A .git .git/info .git/hooks 2>/dev/null | grep -v '^objects$'");
  }

  void requireNothingLeft() throws IOException {
    Path transfers = temp.resolve("data/transfers");
    if (Files.exists(transfers)) {
      try (Stream<Path> left = Files.list(transfers)) {
        assertThat(left).isEmpty();
      }
    }
    try (Stream<Path> left = Files.walk(temp.resolve("src"))) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith(".banger-"));
    }
  }

  private GuestResult inGuest(GuestCommand command) {
    GuestResult lied = lie.apply(command);
    if (lied != null) {
      return lied;
    }
    List<String> argv =
        command.argv().stream()
            .map(word -> word.startsWith("/root") ? host.guestRoot(WEB) + word : word)
            .map(word -> hasGit ? word : word.replace("command -v git", "command -v no-such-git"))
            .toList();
    try {
      ProcessBuilder builder = new ProcessBuilder(argv);
      builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
      builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
      builder.redirectError(temp.resolve("guest-err").toFile());
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        OutputStream out = command.stdout().orElse(said);
        process.getInputStream().transferTo(out);
        int code = process.waitFor();
        String complaints = Files.readString(temp.resolve("guest-err"));
        return new GuestResult(code, said.toString(StandardCharsets.UTF_8), complaints, false);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
