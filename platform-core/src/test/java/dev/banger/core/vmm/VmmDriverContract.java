package dev.banger.core.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.guest.SocketGuestConnector;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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

  /** A plan of which the VMM cannot make a VM, as far as that can be seen while it launches. */
  protected abstract LaunchPlan planThatCannotStart() throws Exception;

  /** Ends the VMM behind the driver's back. */
  protected abstract void killFromOutside(VmPaths paths, VmHandles handles) throws Exception;

  /** Makes the VMM deaf behind the driver's back, as SIGSTOP does. */
  protected abstract void stopFromOutside(VmPaths paths, VmHandles handles) throws Exception;

  /** A plan of a VM in which the agent comes up, where the driver's tests have such a guest. */
  protected Optional<LaunchPlan> planWithAgent() throws Exception {
    return Optional.empty();
  }

  /** Whether its VMs can be paused. */
  protected boolean pauses() {
    return true;
  }

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

  @Test
  void whatItCanDoIsToldAtOnceAndStaysTheSame() {
    VmmDriver.Capabilities capabilities = driver().capabilities();

    assertThat(capabilities.diskFormats()).contains(LaunchPlan.Disk.Format.RAW);
    assertThat(restarted().capabilities()).isEqualTo(capabilities);
  }

  @Test
  void anAgentThatIsUpIsReached() throws Exception {
    Optional<LaunchPlan> with = planWithAgent();
    if (with.isEmpty()) {
      return; // tests with real guests do it
    }
    LaunchPlan plan = with.get();
    VmHandles handles = driver().launch(plan, DEADLINE);

    for (VmmDriver driver : List.of(driver(), restarted())) {
      try (GuestLink link =
          new SocketGuestConnector()
              .connect(
                  plan.paths(), left -> driver.openAgent(plan.paths(), handles, left), DEADLINE)) {
        assertThat(link.hello().bootId()).isNotBlank();
      }
    }

    driver().kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void theAgentOfADeadVmIsNotThere() {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);
    driver().kill(plan.paths(), handles, DEADLINE);

    assertThatThrownBy(() -> driver().openAgent(plan.paths(), handles, Duration.ofSeconds(5)))
        .isInstanceOf(IOException.class);
    driver().removeLeftovers(plan.paths());
    assertThatThrownBy(() -> driver().openAgent(plan.paths(), handles, Duration.ofSeconds(5)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aVmThatCanBePausedIsAndOthersSaySo() {
    LaunchPlan plan = plan();
    VmPaths paths = plan.paths();
    VmHandles handles = driver().launch(plan, DEADLINE);
    if (pauses()) {
      driver().pause(paths, handles, DEADLINE);
      driver().pause(paths, handles, DEADLINE);
      assertThat(restarted().observe(paths, Optional.empty())).contains(handles);
      driver().resume(paths, handles, DEADLINE);
      driver().resume(paths, handles, DEADLINE);
      assertThat(driver().observe(paths, Optional.of(handles))).contains(handles);
    } else {
      assertFails(() -> driver().pause(paths, handles, DEADLINE), ErrorKind.UNAVAILABLE);
      assertThat(driver().observe(paths, Optional.of(handles))).contains(handles);
    }
    driver().kill(paths, handles, DEADLINE);
  }

  @Test
  void aPausedVmCanBeKilled() {
    if (!pauses()) {
      return;
    }
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);
    driver().pause(plan.paths(), handles, DEADLINE);

    driver().kill(plan.paths(), handles, DEADLINE);

    assertThat(driver().observe(plan.paths(), Optional.of(handles))).isEmpty();
  }

  @Test
  void countersAreAskedForWithoutHarmAliveAndDead() {
    LaunchPlan plan = plan();
    assertThat(driver().counters(plan.paths(), ofNobody(plan))).isEmpty();
    VmHandles handles = driver().launch(plan, DEADLINE);

    assertThatCode(() -> driver().counters(plan.paths(), handles)).doesNotThrowAnyException();
    assertThatCode(() -> restarted().counters(plan.paths(), handles)).doesNotThrowAnyException();
    driver().kill(plan.paths(), handles, DEADLINE);
    assertThatCode(() -> driver().counters(plan.paths(), handles)).doesNotThrowAnyException();
  }

  @Test
  void socketsThatAnEarlierVmmLeftAreNotInTheWay() throws Exception {
    LaunchPlan plan = plan();
    Files.createDirectories(plan.paths().runDir());
    for (Path socket : List.of(plan.paths().controlSocket(), plan.paths().agentSocket())) {
      ServerSocketChannel.open(StandardProtocolFamily.UNIX)
          .bind(UnixDomainSocketAddress.of(socket))
          .close();
      assertThat(Files.exists(socket)).isTrue();
    }

    VmHandles handles = driver().launch(plan, DEADLINE);

    assertThat(driver().observe(plan.paths(), Optional.empty())).contains(handles);
    driver().kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void aLaunchThatFailsLeavesNothingAndTheNextWorks() throws Exception {
    LaunchPlan broken = planThatCannotStart();
    VmPaths paths = broken.paths();

    assertThatThrownBy(() -> driver().launch(broken, DEADLINE)).isInstanceOf(BangerException.class);

    assertThat(driver().observe(paths, Optional.empty())).isEmpty();
    assertThat(Files.exists(paths.controlSocket())).isFalse();
    assertThat(Files.exists(paths.agentSocket())).isFalse();
    assertThat(paths.pidFile()).doesNotExist();
    LaunchPlan sound = at(paths, plan());
    VmHandles handles = driver().launch(sound, DEADLINE);
    assertThat(driver().observe(paths, Optional.empty())).contains(handles);
    driver().kill(paths, handles, DEADLINE);
  }

  @Test
  void aVmIsNotLaunchedTwice() {
    LaunchPlan plan = plan();
    VmPaths paths = plan.paths();
    VmHandles first = driver().launch(plan, DEADLINE);

    assertFails(() -> driver().launch(plan, DEADLINE), ErrorKind.CONFLICT);
    assertFails(() -> restarted().launch(plan, DEADLINE), ErrorKind.CONFLICT);

    assertThat(driver().observe(paths, Optional.empty())).contains(first);
    assertThat(driver().onExit(paths, first)).isNotDone();
    assertThat(Files.exists(paths.controlSocket())).isTrue();
    driver().powerButton(paths, first, DEADLINE);
    driver().kill(paths, first, DEADLINE);
  }

  @Test
  void aVmmThatDoesNotAnswerIsKilledWithinTheDeadline() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);
    stopFromOutside(plan.paths(), handles);

    assertThat(restarted().observe(plan.paths(), Optional.empty())).contains(handles);
    driver().kill(plan.paths(), handles, DEADLINE);

    assertThat(driver().observe(plan.paths(), Optional.of(handles))).isEmpty();
  }

  @Test
  void nothingIsRemovedFromUnderAVmThatRuns() {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);

    assertThatThrownBy(() -> driver().removeLeftovers(plan.paths()))
        .isInstanceOf(BangerException.class);
    assertThatThrownBy(() -> restarted().removeLeftovers(plan.paths()))
        .isInstanceOf(BangerException.class);

    assertThat(Files.exists(plan.paths().controlSocket())).isTrue();
    driver().kill(plan.paths(), handles, DEADLINE);
    driver().removeLeftovers(plan.paths());
  }

  @Test
  void handlesOfAnotherVmNameNobody() throws Exception {
    LaunchPlan one = plan();
    LaunchPlan other = plan();
    VmHandles mine = driver().launch(one, DEADLINE);
    VmHandles theirs = driver().launch(other, DEADLINE);

    assertThat(driver().observe(one.paths(), Optional.of(theirs))).contains(mine);
    assertThat(driver().onExit(one.paths(), theirs).get(DEADLINE.toSeconds(), TimeUnit.SECONDS))
        .isNotNull();
    driver().kill(one.paths(), theirs, DEADLINE);
    restarted().kill(one.paths(), theirs, DEADLINE);

    assertThat(driver().observe(one.paths(), Optional.empty())).contains(mine);
    assertThat(driver().observe(other.paths(), Optional.empty())).contains(theirs);
    driver().kill(one.paths(), mine, DEADLINE);
    driver().kill(other.paths(), theirs, DEADLINE);
  }

  @Test
  void theProcessOfAStalePidFileIsNeitherBelievedNorTouched() throws Exception {
    LaunchPlan plan = plan();
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try {
      Files.createDirectories(plan.paths().runDir());
      Files.writeString(plan.paths().pidFile(), stranger.pid() + "\n");
      ProcessTable table = new ProcessTable();
      long ticks = table.find(stranger.pid()).orElseThrow().startTicks();
      VmHandles wrong =
          new VmHandles(stranger.pid(), ticks, table.bootId(), driver().name(), "tcg");

      assertThat(driver().observe(plan.paths(), Optional.of(wrong))).isEmpty();
      driver().kill(plan.paths(), wrong, DEADLINE);
      driver().removeLeftovers(plan.paths());

      assertThat(stranger.isAlive()).isTrue();
      VmHandles handles = driver().launch(plan, DEADLINE);
      assertThat(handles.pid()).isNotEqualTo(stranger.pid());
      driver().kill(plan.paths(), handles, DEADLINE);
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  @Test
  void aVmIsFoundThoughItsPidFileIsGarbageOrGone() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);

    for (String content : List.of("", "-1", "1", "garbage", "" + ProcessHandle.current().pid())) {
      Files.writeString(plan.paths().pidFile(), content);
      assertThat(driver().observe(plan.paths(), Optional.empty())).contains(handles);
    }
    Files.delete(plan.paths().pidFile());
    assertThat(driver().observe(plan.paths(), Optional.empty())).contains(handles);

    driver().kill(plan.paths(), handles, DEADLINE);
  }

  @Test
  void handlesOfAnotherBootOfTheHostNameNobody() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver().launch(plan, DEADLINE);
    VmHandles old =
        new VmHandles(
            handles.pid(), handles.startTicks(), "another-boot", handles.driver(), handles.accel());

    driver().kill(plan.paths(), old, DEADLINE);

    assertThat(driver().observe(plan.paths(), Optional.of(old))).contains(handles);
    driver().kill(plan.paths(), handles, DEADLINE);
  }

  private VmHandles ofNobody(LaunchPlan plan) {
    long hash = plan.paths().id().hashCode() & 0xffff;
    return new VmHandles(5_000_000 + hash, 1, "another-boot", driver().name(), "tcg");
  }

  private static LaunchPlan at(VmPaths paths, LaunchPlan plan) {
    return new LaunchPlan(
        plan.name(),
        paths,
        plan.cpus(),
        plan.memoryMiB(),
        plan.kernel(),
        plan.initrd(),
        plan.kernelArgs(),
        plan.disks(),
        plan.network());
  }

  private static void assertFails(ThrowingCallable call, ErrorKind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind));
  }
}
