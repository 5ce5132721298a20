package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Boots a VM whose disks exist, up to an agent that answers. Called under the VM's lock. */
final class StartVm {
  private static final int CONSOLE_LINES = 12;

  private final VmContext context;
  private final BootSlots slots;

  StartVm(VmContext context, BootSlots slots) {
    this.context = context;
    this.slots = slots;
  }

  /**
   * @param vm in state Starting
   * @param rollback gets the undo of everything acquired; run by the caller when this throws
   * @return the VM, running
   */
  VmRecord boot(VmRecord vm, Rollback rollback, Progress progress, Duration startTimeout)
      throws InterruptedException {
    Image image = context.images().get(vm.spec().image());
    VmmDriver driver = context.drivers().pick(vm.spec().driver());
    VmPaths paths = context.paths(vm);

    progress.stage("prepare_files", "started", "");
    List<EarlyFile> files = new ArrayList<>();
    files.add(
        new EarlyFile("/etc/hostname", 0644, (vm.name() + "\n").getBytes(StandardCharsets.UTF_8)));
    context.disks().writeInitrd(image, paths, files);
    progress.stage("prepare_files", "done", "");

    LaunchPlan plan = plan(vm, image, paths);
    try (BootSlots.Slot _ = slots.take(progress)) {
      driver.prepare(plan, LifecycleSettings.LAUNCH_LIMIT, progress);
      rollback.push("the VMM", () -> context.killAndRelease(vm));
      bootToAgent(vm, driver, plan, progress, startTimeout);
    }
    return vm;
  }

  /**
   * Boots, and boots once more when the guest is still silent at half time. Seen once in some two
   * hundred emulated boots, on a busy host, cause unknown: the kernel had begun, the agent never
   * answered. A second boot costs a guest that is really broken nothing but the time it would have
   * been waited for anyway.
   */
  private void bootToAgent(
      VmRecord vm, VmmDriver driver, LaunchPlan plan, Progress progress, Duration startTimeout)
      throws InterruptedException {
    Duration half = startTimeout.dividedBy(2);
    try {
      bootOnce(vm, driver, plan, progress, half);
    } catch (BangerException e) {
      if (e.kind() != ErrorKind.TIMEOUT) {
        throw e;
      }
      progress.stage(
          "wait_guest_agent",
          "note",
          "silent for %d s, so it is booted once more".formatted(half.toSeconds()));
      context.killAndRelease(vm);
      bootOnce(vm, driver, plan, progress, half);
    }
  }

  private void bootOnce(
      VmRecord vm, VmmDriver driver, LaunchPlan plan, Progress progress, Duration atMost)
      throws InterruptedException {
    progress.stage("boot_vmm", "started", "");
    VmHandles handles = driver.launch(plan, LifecycleSettings.LAUNCH_LIMIT);
    context.scratch().write(plan.paths(), handles);
    Live live = context.adopt(vm, handles);
    progress.stage("boot_vmm", "done", handles.driver() + "+" + handles.accel());
    progress.stage("wait_guest_agent", "started", "");
    GuestLink link = awaitAgent(vm, live, plan.paths(), atMost);
    progress.stage("wait_guest_agent", "done", "kernel " + link.hello().kernel());
  }

  private GuestLink awaitAgent(VmRecord vm, Live live, VmPaths paths, Duration startTimeout)
      throws InterruptedException {
    CompletableFuture<GuestLink> connected = new CompletableFuture<>();
    Thread connecting =
        Thread.ofVirtual()
            .name("connect-" + vm.id())
            .start(
                () -> {
                  try {
                    connected.complete(context.live().connect(live, startTimeout));
                  } catch (Throwable e) {
                    connected.completeExceptionally(e);
                  }
                });
    try {
      CompletableFuture.anyOf(connected, live.exit())
          .get(
              startTimeout.toMillis() + LifecycleSettings.ASK_LIMIT.toMillis(),
              TimeUnit.MILLISECONDS);
      if (!connected.isDone()) {
        throw withConsole(
            new BangerException(
                ErrorKind.GUEST,
                "vm \"%s\" went down before its agent answered: %s"
                    .formatted(vm.name(), live.exit().join().meaning()),
                "banger image show " + vm.spec().image()),
            paths);
      }
      return connected.join();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BangerException known) {
        throw withConsole(known, paths);
      }
      throw withConsole(Operation.asBangerException(e.getCause()), paths);
    } catch (TimeoutException e) {
      throw withConsole(
          new BangerException(
              ErrorKind.TIMEOUT,
              "the agent of vm \"%s\" did not answer within %d s"
                  .formatted(vm.name(), startTimeout.toSeconds()),
              "keep such a VM for a look: --keep-failed; give it longer: --timeout",
              List.of(),
              e),
          paths);
    } finally {
      connecting.interrupt();
    }
  }

  private static BangerException withConsole(BangerException error, VmPaths paths) {
    List<String> details = new ArrayList<>(error.details());
    List<String> console = ConsoleTail.of(paths.console(), CONSOLE_LINES);
    if (!console.isEmpty()) {
      details.add("console, last lines:");
      console.forEach(line -> details.add("  | " + line));
    }
    return error.withDetails(details);
  }

  private LaunchPlan plan(VmRecord vm, Image image, VmPaths paths) {
    return new LaunchPlan(
        vm.name(),
        paths,
        vm.spec().cpus(),
        vm.spec().memoryMiB(),
        image.kernel(),
        paths.initrd(),
        List.of(),
        context.disks().disks(paths),
        new LaunchPlan.UserNetwork(mac(vm), vm.address(), vm.spec().nat(), List.of()));
  }

  /** Locally administered, and derived from the id so that it is stable and unique. */
  private static String mac(VmRecord vm) {
    byte[] id = HexFormat.of().parseHex(vm.id().value());
    return "06:%02x:%02x:%02x:%02x:%02x".formatted(id[0], id[1], id[2], id[3], id[4]);
  }

  /** Notes that the VM is up. */
  VmRecord ready(VmRecord vm) {
    return context.save(
        Transitions.apply(vm, new VmEvent.BecameReady())
            .withStartedAt(Instant.now())
            .withLastError(""));
  }
}
