package dev.banger.core.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Stage;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.core.config.Config;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.lifecycle.Reconciler;
import dev.banger.core.rpc.CheckedAnswers;
import dev.banger.core.rpc.DaemonMethods;
import dev.banger.core.rpc.MethodTable;
import dev.banger.core.rpc.RpcServer;
import dev.banger.core.rpc.describe.Declared;
import dev.banger.core.rpc.describe.MethodDoc;
import dev.banger.core.rpc.describe.OpenRpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A daemon as it is wired, without its process: what it serves and what is declared. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegisteredMethodsTest {
  @TempDir static Path home;
  private final Opened opened = new Opened();
  private final MethodTable methods = new MethodTable();
  private BangerClient client;

  @BeforeAll
  void wire() throws Exception {
    Map<String, String> environment =
        Map.of("BANGER_HOME", home.toString(), "BANGER_NETWORK_MODE", "user", "HOME", "" + home);
    Layout layout = Layout.of(environment);
    Config config = layout.config().load().overruledBy(environment);
    layout.create();
    Injector injector =
        Guice.createInjector(
            Stage.PRODUCTION, BangerDaemon.modules(layout, config, opened, methods));
    opened.add("the operations", injector.getInstance(Operations.class));
    DaemonMethods daemon = new DaemonMethods("9.9.9", layout.socket(), "banger", () -> {});
    daemon.registerEarly(methods.asMap());
    Reconciler.Report report = injector.getInstance(Reconciler.class).run();
    injector.getInstance(RpcModule.Registration.class).register(daemon, report);
    methods.completed();
    opened.add("the socket", RpcServer.listen(layout.socket(), CheckedAnswers.of(methods::find)));
    client = BangerClient.connect(layout.socket(), Duration.ofSeconds(5)).orElseThrow();
    opened.add("the client", client);
  }

  @AfterAll
  void close() {
    opened.close();
  }

  private Json call(String method) {
    return client.call(method, Json.build().done());
  }

  @Test
  void whatIsServedIsDeclared() {
    Set<String> undeclared = new TreeSet<>(methods.asMap().keySet());
    Declared.all().forEach(method -> undeclared.remove(method.name()));
    assertThat(undeclared)
        .as(
            "methods that are registered and not declared: add to the list in all() of the"
                + " *MethodDocs of their group, in dev.banger.core.rpc.describe,"
                + " method(NAME, SUMMARY).takes(PARAMETER, SCHEMA).answers(SCHEMA), and write the"
                + " documents anew as RpcDocTest says")
        .isEmpty();
  }

  @Test
  void whatIsDeclaredIsServed() {
    Set<String> unserved = new TreeSet<>();
    Declared.all().forEach(method -> unserved.add(method.name()));
    unserved.removeAll(methods.asMap().keySet());
    assertThat(unserved)
        .as(
            "methods that are declared and not registered: register them in the register() of a"
                + " *Methods in dev.banger.core.rpc, or take them out of the *MethodDocs in"
                + " dev.banger.core.rpc.describe")
        .isEmpty();
  }

  @Test
  void answersAreAsDeclared() {
    for (String method :
        List.of(
            "daemon.ping",
            "daemon.status",
            "vm.list",
            "op.list",
            "image.list",
            "config.show",
            "doctor.run",
            "plugin.list",
            "plugin.manifests",
            "plugin.trace")) {
      // What is not as declared comes as an error of the server.
      assertThat(call(method).isNull()).as(method).isFalse();
    }
    Json some = Json.build().put("refs", Json.strings(List.of("nobody"))).done();
    for (String method : List.of("vm.stop", "vm.show", "vm.health", "vm.delete")) {
      assertThat(client.call(method, some).get("results").elements())
          .extracting(result -> result.get("error").text("kind"))
          .containsExactly("notFound");
    }
    assertThat(call("rpc.discover")).isEqualTo(OpenRpc.document(DaemonMethods.PROTOCOL));
  }

  @Test
  void everyMethodRefusesAParameterThatItDoesNotHave() {
    Json unknown = Json.build().put("no such", 1).done();
    for (MethodDoc method : Declared.all()) {
      assertThatThrownBy(() -> client.call(method.name(), unknown))
          .hasMessage("parameter \"no such\" is not known to " + method.name())
          .hasFieldOrPropertyWithValue("kind", "usage");
    }
  }

  @Test
  void theNearestParameterIsNamed() {
    assertThatThrownBy(() -> client.call("vm.create", Json.build().put("memoryMib", 1).done()))
        .hasFieldOrPropertyWithValue("hint", "did you mean \"memoryMiB\"?");
    assertThatThrownBy(() -> client.call("op.show", Json.build().put("operation", 1).done()))
        .hasFieldOrPropertyWithValue("hint", "one of: id");
    assertThatThrownBy(() -> client.call("config.show", Json.build().put("x", 1).done()))
        .hasFieldOrPropertyWithValue("hint", "it takes none");
    assertThatThrownBy(() -> client.call("vm.list", Json.strings(List.of("web"))))
        .hasMessage("the parameters of vm.list must be an object, by their names");
    assertThatThrownBy(() -> client.call("vm.list", Json.build().put("labels", "a=b").done()))
        .hasMessage("parameter \"labels\" must be an object of strings");
  }

  @Test
  void aClientOfAnotherProtocolIsNamedWithBothSides() {
    for (long protocol : new long[] {0, 2, 99}) {
      Json hello = Json.build().put("client", "banger 0.2.0").put("protocol", protocol).done();
      try (BangerClient another = other()) {
        assertThatThrownBy(() -> another.call("daemon.hello", hello))
            .hasMessage(
                "this client is banger 0.2.0 (protocol %d), the daemon is banger 9.9.9 (protocol 1)"
                    .formatted(protocol))
            .hasFieldOrPropertyWithValue("kind", "unavailable")
            .hasFieldOrPropertyWithValue("hint", "banger daemon restart; VMs keep running");
        assertThatThrownBy(() -> another.call("daemon.ping", Json.build().done()))
            .as("the daemon has hung up")
            .hasFieldOrPropertyWithValue("kind", "unavailable");
      }
    }
  }

  @Test
  void aHelloThatIsNoneIsRefusedByName() {
    Stream.of(
            Json.build().put("protocol", 1),
            Json.build().put("client", "").put("protocol", 1),
            Json.build().put("client", "x".repeat(101)).put("protocol", 1),
            Json.build().put("client", "x"),
            Json.build().put("client", "x").put("protocol", "one"))
        .map(Json.Builder::done)
        .forEach(
            hello ->
                assertThatThrownBy(() -> client.call("daemon.hello", hello))
                    .as(hello.toString())
                    .hasFieldOrPropertyWithValue("kind", "usage"));
  }

  @Test
  void bothSidesKnowEachOtherAfterTheFirstCall() {
    try (BangerClient another =
        BangerClient.connect(home.resolve("run/d.sock"), Duration.ofSeconds(5)).orElseThrow()) {
      another.call("daemon.ping", Json.build().done());

      assertThat(another.daemon()).isEqualTo("banger 9.9.9");
    }
  }

  private static BangerClient other() {
    return BangerClient.connectToAny(home.resolve("run/d.sock"), Duration.ofSeconds(5))
        .orElseThrow();
  }
}
