package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.banger.core.host.OwnProcess;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.host.ProcessTable;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.VmmDriver;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.VmmDriverContract;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same against a real Firecracker, with kernels of a few bytes, where a host has one: on {@code
 * PATH}, or where {@code -Dbanger.firecracker} says. Its TAP devices last as long as its processes.
 */
class FirecrackerRealTest extends VmmDriverContract {
  private static final String UP = "tiny kernel is up";

  @TempDir Path dir;

  private FirecrackerHost host;
  private FirecrackerDriver driver;

  @BeforeAll
  static void whereThereIsOne(@TempDir Path dir) throws Exception {
    Optional<String> why = whyNot(dir);
    why.ifPresent(reason -> System.out.println("no test with a real Firecracker: " + reason));
    assumeTrue(why.isEmpty(), () -> why.orElse(""));
  }

  private static Optional<String> whyNot(Path dir) throws Exception {
    if (new ProcessCommands().find(binary()).isEmpty()) {
      return Optional.of(
          "%s is not installed; -Dbanger.firecracker=PATH names another".formatted(binary()));
    }
    if (!Files.isWritable(Path.of("/dev/kvm"))) {
      return Optional.of("/dev/kvm is missing, or not ours to use");
    }
    if (new ProcessTable().find(OwnProcess.pid()).orElseThrow().uid() != 0) {
      return Optional.of("only root may have a TAP device made");
    }
    try (FirecrackerHost host = host(dir)) {
      FirecrackerDriver driver = host.driver();
      LaunchPlan plan = host.plan(TinyElf.saying(UP));
      VmHandles handles = driver.launch(plan, DEADLINE);
      try {
        return awaitConsole(plan) ? Optional.empty() : Optional.of("KVM runs no guests here");
      } finally {
        driver.kill(plan.paths(), handles, DEADLINE);
      }
    } catch (BangerException e) {
      return Optional.of("a guest of a few bytes does not start: " + e.getMessage());
    }
  }

  @BeforeEach
  void makeDriver() throws Exception {
    host = host(dir);
    driver = host.driver();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
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
    return host.plan(TinyElf.saying(UP));
  }

  @Override
  protected LaunchPlan planThatCannotStart() {
    return host.plan("this is not a kernel ".repeat(10).getBytes(StandardCharsets.US_ASCII));
  }

  /** Not all releases can, see {@link FirecrackerVersion}. */
  @Override
  protected boolean pauses() {
    return FirecrackerVersion.parse("Firecracker v" + driver.status().version())
        .orElseThrow()
        .survivesPause();
  }

  @Override
  protected void killFromOutside(VmPaths paths, VmHandles handles) throws Exception {
    FirecrackerHost.signal("KILL", handles);
  }

  @Override
  protected void stopFromOutside(VmPaths paths, VmHandles handles) throws Exception {
    FirecrackerHost.stop(handles);
  }

  @Test
  void the_guest_runs_and_its_console_is_in_the_file() throws Exception {
    LaunchPlan plan = plan();
    VmHandles handles = driver.launch(plan, DEADLINE);

    assertThat(awaitConsole(plan)).isTrue();

    driver.kill(plan.paths(), handles, DEADLINE);
  }

  private static FirecrackerHost host(Path dir) throws Exception {
    return new FirecrackerHost(dir, binary(), FirecrackerSettings.Proof.NONE);
  }

  private static String binary() {
    return System.getProperty("banger.firecracker", "firecracker");
  }

  private static boolean awaitConsole(LaunchPlan plan) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!Files.readString(plan.paths().console()).contains(UP)) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }
}
