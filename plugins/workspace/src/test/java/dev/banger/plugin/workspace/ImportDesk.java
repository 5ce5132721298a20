package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A repository on the host, a VM, and a workspace plugin between them. */
abstract class ImportDesk {
  static final FakeVm WEB = FakeVm.running("web");

  @TempDir Path temp;
  FakeCapabilityHost host;
  FakeContext context;
  Repository source;

  @BeforeEach
  void aRepositoryAndAVm() throws Exception {
    host =
        new FakeCapabilityHost(
                Registration.of(new WorkspacePlugin()).permissions(),
                Files.createDirectory(temp.resolve("guests")))
            .with(WEB)
            .with(FakeVm.running("down").in("stopped"))
            .answering(this::inGuest);
    context = new FakeContext("workspace", Files.createDirectory(temp.resolve("data")), host);
    source = Repository.init(temp.resolve("src/shop"));
    source.write("README", "one\n").commit("First");
    source.write("lib/code.txt", "code\n").commit("Second");
  }

  GuestResult inGuest(GuestCommand command) {
    return Guests.run(host, WEB, command);
  }

  Map<?, ?> prepare(String... options) throws Exception {
    Map<String, String> values = new HashMap<>();
    values.put("vm", "web");
    values.put("path", source.root().toString());
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    return (Map<?, ?>)
        WorkspacePlugin.prepare(FakeCommandCall.of(WorkspacePlugin.PREPARE, values, temp, context))
            .value();
  }

  /** The same with another idea of what is large, in bytes. */
  Map<?, ?> transfer(long large, String... options) throws Exception {
    Map<String, String> values = new HashMap<>();
    values.put("vm", "web");
    values.put("path", source.root().toString());
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    FakeCommandCall call = FakeCommandCall.of(WorkspacePlugin.PREPARE, values, temp, context);
    Destination destination = new Destination(context, WEB, call.text("dest"));
    return (Map<?, ?>) new Transfer(call, WEB, destination, large).run().value();
  }

  Repository guest() {
    return new Repository(host.guestRoot(WEB).resolve("root/repo"));
  }

  private static Consumer<Throwable> of(FailureKind kind) {
    return thrown -> assertThat(((CapabilityException) thrown).kind()).isEqualTo(kind);
  }

  static void refuses(ThrowingCallable call, FailureKind kind, String... words) {
    assertThatThrownBy(call)
        .isInstanceOf(CapabilityException.class)
        .satisfies(of(kind))
        .hasMessageContainingAll(words);
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws IOException {
    Path transfers = temp.resolve("data/transfers");
    if (Files.exists(transfers)) {
      try (Stream<Path> left = Files.list(transfers)) {
        assertThat(left).isEmpty();
      }
    }
    Path home = host.guestRoot(WEB).resolve("root");
    if (Files.exists(home)) {
      try (Stream<Path> left = Files.list(home)) {
        assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith(".banger-"));
      }
    }
  }
}
