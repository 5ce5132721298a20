package dev.banger.core.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the lifecycle relies on, of every driver. */
public abstract class VmmDriverContract {
  protected static final Duration DEADLINE = Duration.ofSeconds(30);

  /** The driver under test; the same one for the whole of a test. */
  protected abstract VmmDriver driver();

  /** Another driver over the same host, as after a restart of the daemon. */
  protected abstract VmmDriver restarted();

  /** A plan for a VM of its own, whose guest runs until it is stopped. */
  protected abstract LaunchPlan plan();

  /** Ends the VMM behind the driver's back. */
  protected abstract void killFromOutside(VmPaths paths, VmHandles handles) throws Exception;

  @Test
  void aLaunchedVmIsObservedAndAKilledOneIsNot() {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);

    assertThat(handles.driver()).isEqualTo(driver().name());
    assertThat(driver().observe(plan.paths(), Optional.of(handles))).contains(handles);

    driver().kill(plan.paths(), handles, DEADLINE);

    assertThat(driver().observe(plan.paths(), Optional.of(handles))).isEmpty();
    assertThat(driver().observe(plan.paths(), Optional.empty())).isEmpty();
  }

  @Test
  void aVmSurvivesItsDaemonAndIsFoundWithoutAHint() {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);

    VmmDriver second = restarted();

    assertThat(second.observe(plan.paths(), Optional.empty())).contains(handles);
    second.kill(plan.paths(), handles, DEADLINE);
    assertThat(second.observe(plan.paths(), Optional.empty())).isEmpty();
  }

  @Test
  void aVmThatWasNeverLaunchedIsNotObservedAndCanBeCleanedUp() {
    LaunchPlan plan = plan();

    assertThat(driver().observe(plan.paths(), Optional.empty())).isEmpty();
    assertThatCode(() -> driver().removeLeftovers(plan.paths())).doesNotThrowAnyException();
  }

  @Test
  void killingTwiceIsAsGoodAsOnce() {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);

    driver().kill(plan.paths(), handles, DEADLINE);

    assertThatCode(() -> driver().kill(plan.paths(), handles, DEADLINE)).doesNotThrowAnyException();
  }

  @Test
  void theExitIsToldToWhoeverAskedBefore() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);
    CompletableFuture<VmmExit> exit = driver().onExit(plan.paths(), handles);
    assertThat(exit).isNotDone();

    killFromOutside(plan.paths(), handles);

    assertThat(exit.get(DEADLINE.toSeconds(), TimeUnit.SECONDS).meaning()).isNotBlank();
    assertThat(driver().observe(plan.paths(), Optional.of(handles))).isEmpty();
  }

  @Test
  void theExitIsToldToWhoeverAsksAfterwards() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);
    driver().kill(plan.paths(), handles, DEADLINE);

    VmmExit exit =
        restarted().onExit(plan.paths(), handles).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

    assertThat(exit.meaning()).isNotBlank();
  }

  @Test
  void aHintOfAnEarlierLifeIsNotBelieved() {
    LaunchPlan plan = plan();
    VmHandles earlier = driver().launch(plan, DEADLINE);
    driver().kill(plan.paths(), earlier, DEADLINE);
    driver().removeLeftovers(plan.paths());
    VmHandles now = driver().launch(plan, DEADLINE);

    assertThat(driver().observe(plan.paths(), Optional.of(earlier))).contains(now);
    driver().kill(plan.paths(), earlier, DEADLINE);
    assertThat(driver().observe(plan.paths(), Optional.empty())).contains(now);

    driver().kill(plan.paths(), now, DEADLINE);
  }

  @Test
  void leftoversOfADeadVmmAreRemovedAndRemovingThemAgainDoesNoHarm() {
    LaunchPlan plan = plan();
    VmPaths paths = plan.paths();
    VmHandles handles = driver().launch(plan, DEADLINE);
    driver().kill(paths, handles, DEADLINE);

    driver().removeLeftovers(paths);
    driver().removeLeftovers(paths);

    assertThat(paths.pidFile()).doesNotExist();
    assertThat(Files.exists(paths.controlSocket())).isFalse();
    assertThat(Files.exists(paths.agentSocket())).isFalse();
  }

  @Test
  void pressingThePowerButtonOfALiveVmIsTaken() {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);

    driver().powerButton(plan.paths(), handles, DEADLINE);

    driver().kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void theStatusNamesTheDriver() {
    assertThat(driver().status().name()).isEqualTo(driver().name());
  }
}
