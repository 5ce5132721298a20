package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.guest.AgentProcess;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.lifecycle.VmmDriver.Counters;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.VmmDriverContract;
import dev.banger.core.vmm.firecracker.fake.FakeBinary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a program that refuses what Firecracker refuses. */
class FirecrackerDriverTest extends VmmDriverContract {
  private static final byte[] KERNEL = "\u007fELF and so on".getBytes(StandardCharsets.US_ASCII);

  /** Which can be paused; the two releases after it cannot. */
  private static final String VERSION = "version 1.15.1";

  @TempDir Path dir;

  private FakeBinary binary;
  private FirecrackerHost host;
  private FirecrackerDriver driver;
  private AgentProcess agent;

  @BeforeEach
  void makeDriver() throws Exception {
    binary = FakeBinary.in(dir).faults(VERSION, "taps any");
    host = new FirecrackerHost(dir, binary.program().toString(), FirecrackerSettings.Proof.NONE);
    driver = host.driver();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (agent != null) {
      agent.close();
    }
    host.close();
  }

  @Override
  protected VmmDriver driver() {
    return driver;
  }

  @Override
  protected VmmDriver restarted() {
    return host.driver();
  }

  @Override
  protected LaunchPlan plan() {
    return host.plan(KERNEL);
  }

  @Override
  protected LaunchPlan planThatCannotStart() {
    return host.plan("this is not a kernel".getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  protected Optional<LaunchPlan> planWithAgent() throws Exception {
    agent = AgentProcess.start();
    binary.faults(VERSION, "taps any", "agent " + agent.socket());
    return Optional.of(plan());
  }

  @Override
  protected boolean pauses() {
    return true;
  }

  @Override
  protected void killFromOutside(VmPaths paths, VmHandles handles) throws Exception {
    FirecrackerHost.signal("KILL", handles);
  }

  @Override
  protected void stopFromOutside(VmPaths paths, VmHandles handles) throws Exception {
    FirecrackerHost.stop(handles);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.10.0", "1.13.1", "1.16.1", "1.17.0"})
  void every_version_understands_what_it_is_asked(String version) {
    binary.faults("version " + version, "taps any");
    LaunchPlan plan = plan();

    VmHandles handles = driver.launch(plan, DEADLINE);

    assertThat(handles.accel()).isEqualTo("kvm");
    assertThat(driver.status().version()).isEqualTo(version);
    assertThat(driver.observe(plan.paths(), Optional.empty())).contains(handles);
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void the_power_button_takes_the_guest_down_in_order() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    driver.powerButton(plan.paths(), handles, DEADLINE);

    VmmExit exit = driver.onExit(plan.paths(), handles).get(30, TimeUnit.SECONDS);
    assertThat(exit.orderly()).as(exit.toString()).isTrue();
    assertThatThrownBy(() -> driver.powerButton(plan.paths(), handles, DEADLINE))
        .isInstanceOf(BangerException.class);
  }

  @Test
  void counters_add_up_whoever_asked_before() {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    assertThat(driver.counters(plan.paths(), handles)).contains(moved(1));
    assertThat(driver.counters(plan.paths(), handles)).contains(moved(2));
    assertThat(host.driver().counters(plan.paths(), handles)).contains(moved(3));

    driver.kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void what_the_guest_writes_is_in_the_console_file_and_what_the_vmm_writes_is_not()
      throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    assertThat(Files.readString(plan.paths().console())).contains("fake guest is up");
    driver.kill(plan.paths(), handles, DEADLINE);
  }

  private static Counters moved(int times) {
    return new Counters(
        (long) times * FakeBinary.READ,
        (long) times * FakeBinary.WRITTEN,
        (long) times * FakeBinary.RECEIVED,
        (long) times * FakeBinary.SENT);
  }
}
