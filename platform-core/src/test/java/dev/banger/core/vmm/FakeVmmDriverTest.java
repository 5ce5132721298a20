package dev.banger.core.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.guest.AgentProcess;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fake keeps the same contract as a real driver, and misbehaves only when told to. */
class FakeVmmDriverTest extends VmmDriverContract {
  @TempDir Path dir;

  private final FakeVmmDriver driver = new FakeVmmDriver();
  private AgentProcess agent;

  @Override
  protected VmmDriver driver() {
    return driver;
  }

  @Override
  protected VmmDriver restarted() {
    return new FakeVmmDriver(driver.name(), driver.host());
  }

  @Override
  protected LaunchPlan plan() {
    VmId id = VmId.random();
    return new LaunchPlan(
        "box",
        new VmPaths(id, dir.resolve("vms").resolve(id.value()), dir.resolve(id.value())),
        1,
        128,
        dir.resolve("kernel"),
        dir.resolve("initrd"),
        List.of(),
        List.of(),
        new LaunchPlan.UserNetwork("06:00:7f:4d:00:05", "127.77.0.5", true, List.of()));
  }

  @Override
  protected LaunchPlan planThatCannotStart() {
    driver.failNext(
        FakeVmmDriver.Call.LAUNCH, new BangerException(ErrorKind.HOST, "no memory left"));
    return plan();
  }

  @Override
  protected Optional<LaunchPlan> planWithAgent() throws Exception {
    agent = AgentProcess.start();
    driver.agentBehind(agent.socket());
    return Optional.of(plan());
  }

  @AfterEach
  void endTheAgent() {
    if (agent != null) {
      agent.close();
    }
  }

  /** There is nothing that could stand still. */
  @Override
  protected void stopFromOutside(VmPaths paths, VmHandles handles) {}

  @Override
  protected void killFromOutside(VmPaths paths, VmHandles handles) {
    driver.exit(paths.id(), new VmmExit(false, "killed by signal 9"));
  }

  @Test
  void aScriptedFailureHitsOnlyTheNextCallAndNothingRuns() {
    LaunchPlan plan = plan();
    driver.failNext(
        FakeVmmDriver.Call.LAUNCH, new BangerException(ErrorKind.HOST, "no memory left"));

    assertThatThrownBy(() -> driver.launch(plan, DEADLINE)).hasMessage("no memory left");
    assertThat(driver.host().alive()).isEmpty();

    driver.launch(plan, DEADLINE);
    assertThat(driver.host().alive()).containsExactly(plan.paths().id());
  }

  @Test
  void aHeldCallEndsAtItsDeadlineAtTheLatest() {
    driver.hangNext(FakeVmmDriver.Call.LAUNCH);

    assertThatThrownBy(() -> driver.launch(plan(), Duration.ofMillis(20)))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
    assertThat(driver.host().alive()).isEmpty();
  }

  @Test
  void aHeldCallGoesOnWhenReleased() throws Exception {
    LaunchPlan plan = plan();
    FakeVmmDriver.Hang hang = driver.hangNext(FakeVmmDriver.Call.LAUNCH);
    Thread launching = Thread.startVirtualThread(() -> driver.launch(plan, DEADLINE));

    hang.awaitEntered();
    assertThat(driver.host().alive()).isEmpty();
    hang.release();
    launching.join();

    assertThat(driver.observe(plan.paths(), Optional.empty())).isPresent();
  }

  @Test
  void aWedgedVmmCannotBeKilledAndStaysVisible() {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);
    driver.wedge(plan.paths().id());

    assertThatThrownBy(() -> driver.kill(plan.paths(), handles, DEADLINE))
        .hasMessageContaining("still there");
    assertThat(driver.observe(plan.paths(), Optional.empty())).isPresent();
  }
}
