package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import dev.banger.core.rpc.OperationMethods;
import dev.banger.core.rpc.Params;
import dev.banger.core.rpc.RpcMethod;
import dev.banger.core.rpc.RpcServer;
import dev.banger.core.rpc.SpecSource;
import dev.banger.core.rpc.VmJson;
import dev.banger.core.rpc.VmMethods;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests on many VMs as a client makes them, over the socket, and what becomes of them. */
class ManyByRpcTest {
  private static final int VMS = 30;

  @TempDir Path home;
  private Lab lab;
  private Path sockets;
  private RpcServer server;

  @BeforeEach
  void listen() throws IOException {
    lab = new Lab(home);
    Map<String, RpcMethod> methods = new HashMap<>();
    new VmMethods(lab.vms, new VmJson(lab.vms), new NamedOnly(lab)).register(methods);
    new OperationMethods(lab.operations, lab.vms::nameOf).register(methods);
    // Short, because a socket's path is limited.
    sockets = Files.createTempDirectory("bgr");
    server = RpcServer.listen(sockets.resolve("d.sock"), methods::get);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    lab.operations.close();
    Files.delete(sockets);
  }

  /** Makes VMs of which only the name was said. */
  private record NamedOnly(Lab lab) implements SpecSource {
    @Override
    public CreateRequest request(Params params) {
      return lab.request(params.text("name"));
    }

    @Override
    public UnaryOperator<VmSpec> change(Params params) {
      throw new UnsupportedOperationException();
    }
  }

  private BangerClient client() {
    return BangerClient.connect(sockets.resolve("d.sock"), Duration.ofSeconds(5)).orElseThrow();
  }

  private static void until(String what, BooleanSupplier reached) throws InterruptedException {
    long end = System.nanoTime() + Lab.PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + what);
      }
      Thread.sleep(5);
    }
  }

  /** Thirty running VMs; the one in the middle does nothing when it is asked to shut down. */
  private VmRecord thirtyWithAStubbornOne() {
    lab.driver.powerButtonWorks(false);
    VmRecord stubborn = null;
    for (int i = 0; i < VMS; i++) {
      VmRecord vm = lab.running("vm" + i);
      stubborn = i == 13 ? vm : stubborn;
    }
    lab.guests.ignoresShutdown(stubborn.id());
    return stubborn;
  }

  private static Json stopAll(long graceMillis) {
    List<String> refs = new ArrayList<>();
    for (int i = VMS - 1; i >= 0; i--) {
      refs.add("vm" + i);
    }
    refs.add("vm3");
    return Json.build().put("refs", Json.strings(refs)).put("timeoutMs", graceMillis).done();
  }

  @Test
  void oneGuestThatHangsKeepsNoOtherFromStoppingAndIsForcedAfterItsGrace() {
    VmRecord stubborn = thirtyWithAStubbornOne();
    List<String> ended = new CopyOnWriteArrayList<>();
    List<Integer> toldBefore = new CopyOnWriteArrayList<>();
    List<String> stillUp = new CopyOnWriteArrayList<>();

    try (BangerClient client = client()) {
      Json answer =
          client.call(
              "vm.stop",
              stopAll(4000),
              (method, params) -> {
                if (method.equals("targets")) {
                  toldBefore.add(params.get("targets").elements().size());
                } else if (method.equals("result")) {
                  ended.add(params.get("vm").text("name"));
                } else if (params.text("vm").equals("vm13")
                    && params.text("stage").equals("cleanup")
                    && params.text("status").equals("started")) {
                  // It is given up now, and not before all others are down.
                  lab.vms.list().stream()
                      .filter(vm -> !(vm.state() instanceof VmState.Stopped))
                      .forEach(vm -> stillUp.add(vm.name()));
                }
              });

      List<Json> results = answer.get("results").elements();
      assertThat(results).hasSize(VMS).allMatch(result -> result.get("ok").truth(false));
      assertThat(results)
          .extracting(result -> result.text("ref"))
          .startsWith("vm29", "vm28")
          .endsWith("vm1", "vm0");
      assertThat(results)
          .filteredOn(result -> !result.text("note").isEmpty())
          .singleElement()
          .satisfies(
              result -> {
                assertThat(result.text("ref")).isEqualTo("vm13");
                assertThat(result.text("note"))
                    .isEqualTo("forced: the guest ignored shutdown for 4 s");
              });
    }
    assertThat(toldBefore).containsExactly(VMS);
    assertThat(ended).hasSize(VMS).endsWith("vm13");
    assertThat(stillUp).isSubsetOf("vm13");
    assertThat(lab.vms.resolve(stubborn.name()).state()).isEqualTo(new VmState.Stopped());
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void oneThatCannotBeStoppedAtAllIsToldAndTheOthersAreStopped() {
    VmRecord stubborn = thirtyWithAStubbornOne();
    lab.driver.wedge(stubborn.id());

    try (BangerClient client = client()) {
      List<Json> results = client.call("vm.stop", stopAll(200)).get("results").elements();

      assertThat(results)
          .filteredOn(result -> !result.get("ok").truth(true))
          .singleElement()
          .satisfies(
              result -> {
                assertThat(result.text("ref")).isEqualTo("vm13");
                assertThat(result.get("error").text("message")).contains("still there");
              });
    }
    assertThat(lab.driver.host().alive()).containsExactly(stubborn.id());
  }

  @Test
  void aClientThatIsKilledInTheMiddleLeavesStopsThatFinishAndAreFoundAgain() throws Exception {
    thirtyWithAStubbornOne();
    CountDownLatch firstEnded = new CountDownLatch(1);
    BangerClient victim = client();
    Thread asking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    victim.call(
                        "vm.stop",
                        stopAll(1500),
                        (method, _) -> {
                          if (method.equals("result")) {
                            firstEnded.countDown();
                          }
                        });
                  } catch (RpcException e) {
                    // It was killed.
                  }
                });
    assertThat(firstEnded.await(30, TimeUnit.SECONDS)).isTrue();

    victim.close();
    asking.join();

    try (BangerClient client = client()) {
      Json ofStubborn = Json.build().put("vm", "vm13").put("limit", 1).done();
      Json found = client.call("op.list", ofStubborn).elements().get(0);
      Json watched =
          client.call("op.watch", Json.build().put("id", found.text("id")).done(), (_, _) -> {});
      assertThat(watched.text("kind")).isEqualTo("vm.stop");
      assertThat(watched.text("state")).isEqualTo("done");
      Json running = Json.build().put("running", true).done();
      until("all have ended", () -> client.call("op.list", running).elements().isEmpty());
      assertThat(client.call("op.list", Json.build().done()).elements())
          .filteredOn(op -> op.text("kind").equals("vm.stop"))
          .hasSize(VMS)
          .allMatch(op -> op.text("state").equals("done"));
    }
    assertThat(lab.vms.list()).allMatch(vm -> vm.state() instanceof VmState.Stopped);
  }

  @Test
  void aDetachedBatchAnswersWithItsOperations() {
    VmRecord web = lab.running("web");
    try (BangerClient client = client()) {
      Json params =
          Json.build().put("refs", Json.strings(List.of("web", "x"))).put("detach", true).done();
      List<Json> results = client.call("vm.stop", params).get("results").elements();

      assertThat(results.get(1).get("error").text("kind")).isEqualTo("notFound");
      Json watch = Json.build().put("id", results.get(0).text("op")).done();
      assertThat(client.call("op.watch", watch, (_, _) -> {}).text("state")).isEqualTo("done");
    }
    assertThat(lab.vms.find(web.id()).orElseThrow().state()).isEqualTo(new VmState.Stopped());
  }

  // ---- cancelling

  private static void cancel(BangerClient client, String id) {
    client.call("op.cancel", Json.build().put("id", id).done());
  }

  private static String errorOf(BangerClient client, String id) {
    Json ended = client.call("op.watch", Json.build().put("id", id).done(), (_, _) -> {});
    assertThat(ended.text("state")).isEqualTo("cancelled");
    return ended.get("error").text("message");
  }

  @Test
  void aCancelledCreateLeavesNothingAndSaysSo() throws Exception {
    lab.guests.silent();
    Operation create = lab.vms.create(lab.request("web"));
    lab.guests.awaitKnock();
    try (BangerClient client = client()) {
      cancel(client, create.id());

      assertThat(errorOf(client, create.id()))
          .contains("was cancelled; ")
          .endsWith("the VM was removed again");
    }
    assertThat(lab.vms.list()).isEmpty();
  }

  @Test
  void aCancelledStartLeavesAStoppedVm() throws Exception {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    lab.guests.silent();
    Operation start = lab.vms.start(vm, Optional.empty());
    lab.guests.awaitKnock();
    try (BangerClient client = client()) {
      cancel(client, start.id());

      assertThat(errorOf(client, start.id())).endsWith("the VM is stopped again");
    }
    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Stopped());
    assertThat(lab.vms.resolve("web").lastError()).isEmpty();
  }

  @Test
  void aStopHalfWayCannotBeTakenBackAndSaysWhy() throws Exception {
    VmRecord vm = lab.running("web");
    lab.guests.ignoresShutdown(vm.id());
    Operation stop = lab.vms.stop(vm, Optional.of(Lab.PATIENCE), false);
    until(
        "it waits",
        () -> stop.view().stages().stream().anyMatch(each -> each.stage().equals("wait_exit")));
    try (BangerClient client = client()) {
      assertThatThrownBy(() -> cancel(client, stop.id()))
          .isInstanceOf(RpcException.class)
          .hasMessageContaining("cannot be taken back: the guest is being shut down")
          .hasFieldOrPropertyWithValue("kind", "illegalState");
    }
    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(true, "the guest powered off"));
    Lab.await(stop);
    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Stopped());
  }

  @Test
  void anOperationIsFoundAsLongAsItIsKeptHoweverManyCameAfterIt() {
    Operation first = lab.operations.begin("test", "web", _ -> "done");
    Lab.await(first);
    for (int i = 0; i < 150; i++) {
      Lab.await(lab.operations.begin("test", "", _ -> "done"));
    }
    try (BangerClient client = client()) {
      Json show = Json.build().put("id", first.id()).done();
      assertThat(client.call("op.show", show).text("state")).isEqualTo("done");
      assertThat(client.call("op.list", Json.build().done()).elements()).hasSize(100);
      assertThat(client.call("op.list", Json.build().put("vm", "web").done()).elements())
          .extracting(op -> op.text("id"))
          .containsExactly(first.id());
      assertThatThrownBy(() -> client.call("op.list", Json.build().put("limit", 501).done()))
          .hasMessage("limit must be between 1 and 500, got 501");
    }
  }

  // ---- leases

  private static Json leased(String name) {
    return Json.build().put("name", name).put("lease", true).done();
  }

  @Test
  void aVmOnLeaseGoesWithItsClientUnlessItIsKept() throws Exception {
    try (BangerClient client = client()) {
      client.call("vm.create", leased("web"), (_, _) -> {});
      client.call("vm.create", leased("kept"), (_, _) -> {});
      Json keep = Json.build().put("ref", "kept").done();
      assertThat(client.call("vm.keep", keep).get("wasLeased")).isEqualTo(Json.TRUE);
      assertThat(lab.vms.list()).hasSize(2);
    }

    until("web is gone", () -> lab.vms.list().size() == 1);
    assertThat(lab.vms.list().get(0).name()).isEqualTo("kept");
  }

  @Test
  void aClientThatIsKilledDuringACreateOnLeaseLeavesNothing() throws Exception {
    lab.guests.silent();
    BangerClient victim = client();
    Thread asking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    victim.call("vm.create", leased("web"), (_, _) -> {});
                  } catch (RpcException e) {
                    // It was killed.
                  }
                });
    lab.guests.awaitKnock();

    victim.close();
    asking.join();

    until("web is gone", () -> lab.vms.list().isEmpty());
    until("nothing is left", () -> lab.driver.host().alive().isEmpty());
  }

  @Test
  void aDaemonThatEndsKeepsWhatIsOnLease() throws Exception {
    try (BangerClient client = client()) {
      client.call("vm.create", leased("web"), (_, _) -> {});
      server.close();
      assertThatThrownBy(() -> client.call("op.list", Json.build().done()))
          .isInstanceOf(RpcException.class);
    }
    assertThat(lab.operations.list(10)).extracting(Operation.View::kind).containsOnly("vm.create");
    assertThat(lab.vms.list()).hasSize(1);
  }

  // ---- waiting and listing

  @Test
  void waitingForSeveralEndsWhenAllAreThereAndADeletedOneCounts() throws Exception {
    lab.running("web");
    VmRecord db = lab.running("db");
    lab.guests.ignoresShutdown(db.id());
    Operation delete = lab.vms.delete(db);
    try (BangerClient client = client()) {
      Json params =
          Json.build()
              .put("refs", Json.strings(List.of("db", "never-there")))
              .put("for", "deleted")
              .put("timeoutMs", 30_000)
              .done();
      List<Json> gone = client.call("vm.wait", params, (_, _) -> {}).get("results").elements();
      Lab.await(delete);
      assertThat(gone)
          .extracting(result -> result.get("vm").text("state"))
          .containsExactly("deleted", "deleted");

      Json both =
          Json.build()
              .put("refs", Json.strings(List.of("web", "never-there")))
              .put("for", "ready")
              .done();
      List<Json> ready = client.call("vm.wait", both, (_, _) -> {}).get("results").elements();
      assertThat(ready.get(0).get("vm").text("state")).isEqualTo("running");
      assertThat(ready.get(1).get("error").text("kind")).isEqualTo("notFound");
    }
  }

  @Test
  void listsAreSortedByNameAndFiltered() {
    lab.running("b");
    lab.running("a");
    VmRecord c = lab.running("c");
    Lab.await(lab.vms.stop(c, Optional.empty(), false));
    try (BangerClient client = client()) {
      assertThat(client.call("vm.list", Json.build().done()).elements())
          .extracting(vm -> vm.text("name"))
          .containsExactly("a", "b", "c");
      Json stopped = Json.build().put("states", Json.strings(List.of("stopped"))).done();
      assertThat(client.call("vm.list", stopped).elements())
          .extracting(vm -> vm.text("name"))
          .containsExactly("c");
      assertThat(client.call("vm.list", Json.build().put("image", "other").done()).elements())
          .isEmpty();
      Json keys = Json.build().put("labelKeys", Json.strings(List.of("project"))).done();
      assertThat(client.call("vm.list", keys).elements()).isEmpty();
      Json nonsense = Json.build().put("states", Json.strings(List.of("happy"))).done();
      assertThatThrownBy(() -> client.call("vm.list", nonsense))
          .hasMessageContaining("no VM is ever \"happy\"");
    }
  }

  // ---- logs

  @Test
  void followingAConsoleEndsWithItsVmAndSaysSo() throws Exception {
    VmRecord vm = lab.running("web");
    Json params = Json.build().put("ref", "web").put("follow", true).done();
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    try (BangerClient client = client();
        ByteStream stream = client.stream("vm.logs", params, (_, _) -> {})) {
      Operation stop = null;
      for (ByteFrame frame = stream.read();
          frame != null && frame.kind() != ByteFrames.EXIT;
          frame = stream.read()) {
        String text = new String(frame.payload(), StandardCharsets.UTF_8);
        (frame.kind() == ByteFrames.STDERR ? err : out).append(text);
        if (stop == null) {
          stop = lab.vms.stop(vm, Optional.empty(), false);
        }
      }
    }
    assertThat(out).hasToString("fake guest of web\n");
    assertThat(err).hasToString("web is stopped\n");
  }
}
