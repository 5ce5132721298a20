package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.vmm.firecracker.fake.FakeBinary;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong between a driver and its Firecracker, one by one. */
class FirecrackerFaultsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  /** For what never answers. */
  private static final Duration PATIENCE = Duration.ofMillis(1200);

  private static final byte[] KERNEL = "\u007fELF and so on".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path dir;

  private FakeBinary binary;
  private FirecrackerHost host;
  private FirecrackerDriver driver;

  @BeforeEach
  void makeDriver() throws Exception {
    binary = FakeBinary.in(dir);
    faults();
    host = new FirecrackerHost(dir, binary.program().toString(), FirecrackerSettings.Proof.NONE);
    driver = host.driver();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    host.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0, true, the guest went down",
    "1, false, the VMM failed",
    "148, false, a system call that its filter forbids",
    "KILL, false, killed by signal 9"
  })
  void a_vmm_that_ends_by_itself_says_why(String how, boolean orderly, String meaning)
      throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    faults("exit now " + how);

    VmmExit exit = driver.onExit(plan.paths(), handles).get(30, TimeUnit.SECONDS);
    assertThat(exit.meaning()).contains(meaning);
    assertThat(exit.orderly()).isEqualTo(orderly);
    assertThat(driver.observe(plan.paths(), Optional.of(handles))).isEmpty();
  }

  @Test
  void a_vmm_that_another_daemon_started_says_why_as_far_as_its_log_does() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.close();
    FirecrackerDriver second = host.driver();
    var exit = second.onExit(plan.paths(), handles);

    faults("exit now 1");

    assertThat(exit.get(30, TimeUnit.SECONDS).meaning()).startsWith("the VMM failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit launch 1", "exit launch 148", "exit start 0", "exit start KILL"})
  void a_vmm_that_ends_while_it_is_launched_fails_the_launch(String fault) {
    LaunchPlan plan = plan();
    faults(fault);

    failure(plan, DEADLINE, ErrorKind.HOST);
  }

  @Test
  void a_guest_that_is_down_at_once_is_either_a_failed_launch_or_an_exit() throws Exception {
    LaunchPlan plan = plan();
    faults("exit started 0");

    VmHandles handles = null;
    try {
      handles = driver.launch(plan, DEADLINE);
    } catch (BangerException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.HOST);
    }

    if (handles != null) {
      assertThat(driver.onExit(plan.paths(), handles).get(30, TimeUnit.SECONDS).meaning())
          .isNotBlank();
    }
    assertThat(driver.observe(plan.paths(), Optional.empty())).isEmpty();
  }

  @Test
  void a_vmm_that_stands_still_holds_nobody_up() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    FirecrackerHost.stop(handles);
    Duration little = Duration.ofMillis(200);

    for (FirecrackerDriver one : List.of(driver, host.driver())) {
      assertThat(one.observe(plan.paths(), Optional.of(handles))).contains(handles);
      assertThat(one.onExit(plan.paths(), handles)).isNotDone();
      assertFails(() -> one.powerButton(plan.paths(), handles, little), ErrorKind.TIMEOUT);
      assertFails(() -> one.pause(plan.paths(), handles, little), ErrorKind.TIMEOUT);
      assertThatCode(() -> one.counters(plan.paths(), handles)).doesNotThrowAnyException();
      assertThatThrownBy(() -> one.openAgent(plan.paths(), handles, little))
          .isInstanceOf(IOException.class);
    }

    driver.kill(plan.paths(), handles, DEADLINE);
    assertThat(driver.observe(plan.paths(), Optional.of(handles))).isEmpty();
  }

  @Test
  void an_api_socket_that_never_appears_ends_the_launch_at_its_deadline() {
    LaunchPlan plan = plan();
    faults("api-socket never");

    failure(plan, PATIENCE, ErrorKind.TIMEOUT);

    startsNow(plan);
  }

  @Test
  void a_launch_that_is_interrupted_leaves_nothing() throws Exception {
    LaunchPlan plan = plan();
    faults("answer PUT /vsock never");
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread launching =
        Thread.startVirtualThread(
            () -> {
              try {
                driver.launch(plan, DEADLINE);
                failure.complete(null);
              } catch (RuntimeException e) {
                failure.complete(e);
              }
            });
    while (!Files.exists(plan.paths().pidFile())) {
      Thread.sleep(5);
    }

    launching.interrupt();

    assertThat(failure.get(30, TimeUnit.SECONDS)).hasMessageContaining("interrupted");
    assertThat(driver.observe(plan.paths(), Optional.empty())).isEmpty();
    assertThat(plan.paths().runDir()).doesNotExist();
  }

  @Test
  void an_api_socket_that_appears_late_is_waited_for() {
    LaunchPlan plan = plan();
    faults("api-socket late 500");

    VmHandles handles = driver.launch(plan, DEADLINE);

    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @ParameterizedTest
  @CsvSource({
    "400, out of luck",
    "503, Too many open connections",
    "garbage, ''",
    "half, ''",
    "bad-length, ''",
    "huge, ''",
    "long-head, ''",
    "close, ''"
  })
  void an_answer_that_is_none_fails_the_launch_and_nothing_is_left(String kind, String said) {
    LaunchPlan plan = plan();
    faults("answer PUT /machine-config " + kind);

    BangerException failure = failure(plan, DEADLINE, ErrorKind.HOST);

    assertThat(failure).hasMessageContaining(said);
    assertThat(failure.getMessage()).doesNotContain("\u001b").hasSizeLessThan(2000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /", "PUT /vsock", "PUT /actions"})
  void an_answer_that_never_comes_ends_the_launch_at_its_deadline(String request) {
    LaunchPlan plan = plan();
    faults("answer " + request + " never");

    failure(plan, PATIENCE, ErrorKind.TIMEOUT);

    assertThat(Files.exists(plan.paths().agentSocket())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "huge"})
  void a_first_answer_that_is_none_fails_the_launch(String kind) {
    LaunchPlan plan = plan();
    faults("answer GET / " + kind);

    assertThatThrownBy(() -> driver.launch(plan, PATIENCE)).isInstanceOf(BangerException.class);

    assertThat(driver.observe(plan.paths(), Optional.empty())).isEmpty();
  }

  @Test
  void bad_answers_of_a_running_vmm_are_errors_and_not_the_end_of_it() {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    for (String kind : List.of("400", "503", "garbage", "half", "huge", "close")) {
      faults("answer PUT /actions " + kind);
      assertFails(() -> driver.powerButton(plan.paths(), handles, DEADLINE), ErrorKind.HOST);
      assertThatCode(() -> driver.counters(plan.paths(), handles)).doesNotThrowAnyException();
    }
    faults("answer PUT /actions never");
    assertFails(
        () -> driver.powerButton(plan.paths(), handles, Duration.ofMillis(200)), ErrorKind.TIMEOUT);

    assertThat(driver.observe(plan.paths(), Optional.of(handles))).contains(handles);
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void a_guest_whose_agent_never_answers_is_a_vm_nonetheless() {
    LaunchPlan plan = plan();
    faults("guest none");
    VmHandles handles = driver.launch(plan, DEADLINE);

    assertThatThrownBy(() -> driver.openAgent(plan.paths(), handles, Duration.ofMillis(300)))
        .isInstanceOf(IOException.class);

    assertThat(driver.observe(plan.paths(), Optional.of(handles))).contains(handles);
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void a_port_that_does_not_open_cleanly_is_tried_again_and_then_loses_no_byte() throws Exception {
    LaunchPlan plan = plan();
    Path socket = dir.resolve("agent");
    try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      agent.bind(UnixDomainSocketAddress.of(socket));
      String there = "agent " + socket;
      faults(there);
      VmHandles handles = driver.launch(plan, DEADLINE);
      for (String kind : List.of("eof", "partial", "no-newline", "flood", "silent")) {
        faults(there, "connect " + kind);
        assertThatThrownBy(() -> driver.openAgent(plan.paths(), handles, Duration.ofMillis(300)))
            .as(kind)
            .isInstanceOf(IOException.class);
      }
      faults(there, "connect early-bytes");
      try (SocketChannel early = open(plan, handles)) {
        assertThat(read(early, 3)).isEqualTo("GET");
      }
      faults(there);
      try (SocketChannel stream = open(plan, handles);
          SocketChannel inside = agent.accept()) {
        inside.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
        assertThat(read(stream, 5)).isEqualTo("hello");
      }
      driver.kill(plan.paths(), handles, DEADLINE);
    }
  }

  @Test
  void a_guest_that_is_deaf_after_it_was_resumed_is_found_out_by_asking() throws Exception {
    LaunchPlan plan = plan();
    Path socket = dir.resolve("agent");
    try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      agent.bind(UnixDomainSocketAddress.of(socket));
      faults("version 1.15.1", "agent " + socket, "vsock dies-after-resume");
      VmHandles handles = driver.launch(plan, DEADLINE);
      open(plan, handles).close();
      driver.pause(plan.paths(), handles, DEADLINE);
      driver.resume(plan.paths(), handles, DEADLINE);

      assertThatThrownBy(() -> driver.openAgent(plan.paths(), handles, Duration.ofMillis(500)))
          .isInstanceOf(IOException.class);

      assertThat(driver.observe(plan.paths(), Optional.of(handles))).contains(handles);
      driver.kill(plan.paths(), handles, DEADLINE);
    }
  }

  @Test
  void a_version_whose_guests_are_deaf_afterwards_does_not_pause() {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    assertFails(() -> driver.pause(plan.paths(), handles, DEADLINE), ErrorKind.UNAVAILABLE);

    assertThat(driver.isPaused(plan.paths(), handles, DEADLINE)).isFalse();
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void a_guest_that_ignores_its_power_button_goes_on_until_it_is_killed() throws Exception {
    LaunchPlan plan = plan();
    faults("ctrl-alt-del ignored");
    VmHandles handles = driver.launch(plan, DEADLINE);

    driver.powerButton(plan.paths(), handles, DEADLINE);
    driver.powerButton(plan.paths(), handles, DEADLINE);

    assertThat(driver.observe(plan.paths(), Optional.of(handles))).contains(handles);
    assertThat(driver.onExit(plan.paths(), handles)).isNotDone();
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void a_guest_that_halts_is_taken_for_off() throws Exception {
    LaunchPlan plan = plan();
    faults("ctrl-alt-del halts");
    VmHandles handles = driver.launch(plan, DEADLINE);

    driver.powerButton(plan.paths(), handles, DEADLINE);

    assertThat(driver.onExit(plan.paths(), handles).get(30, TimeUnit.SECONDS))
        .isEqualTo(new VmmExit(true, "the guest powered off"));
    assertThat(driver.observe(plan.paths(), Optional.of(handles))).isEmpty();
  }

  private LaunchPlan plan() {
    return host.plan(KERNEL);
  }

  private void faults(String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("taps any");
    binary.faults(all.toArray(String[]::new));
  }

  /** And nothing is left of it. */
  private BangerException failure(LaunchPlan plan, Duration deadline, ErrorKind kind) {
    List<BangerException> failures = new ArrayList<>();
    assertThatThrownBy(() -> driver.launch(plan, deadline))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).as(e.toString()).isEqualTo(kind);
              failures.add(e);
            });
    assertThat(driver.observe(plan.paths(), Optional.empty())).isEmpty();
    assertThat(plan.paths().runDir()).doesNotExist();
    return failures.getFirst();
  }

  /** Once nothing is in the way any more. */
  private void startsNow(LaunchPlan plan) {
    faults();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  private SocketChannel open(LaunchPlan plan, VmHandles handles) throws Exception {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try {
        return driver.openAgent(plan.paths(), handles, Duration.ofSeconds(5));
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  private static String read(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      assertThat(channel.read(bytes)).isPositive();
    }
    return new String(bytes.array(), StandardCharsets.US_ASCII);
  }

  private static void assertFails(ThrowingCallable call, ErrorKind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind));
  }
}
