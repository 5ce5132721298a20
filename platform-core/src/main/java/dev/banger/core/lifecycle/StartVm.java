package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.lifecycle.Extensions.Additions;
import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.lifecycle.LiveVms.Live;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
   * @param vm in state Starting, its PREPARE steps done
   * @param rollback gets the undo of everything acquired; run by the caller when this throws
   * @return the VM, running
   */
  VmRecord boot(
      VmRecord vm, Rollback rollback, Progress progress, Duration startTimeout, Steps steps)
      throws InterruptedException {
    Image image = context.images().get(vm.spec().image());
    VmmDriver driver = context.drivers().pick(vm.spec().driver(), context.needs(vm));
    VmPaths paths = context.paths(vm);

    progress.stage("prepare_files", "started", "");
    Additions additions = steps.additions();
    List<EarlyFile> files = new ArrayList<>();
    files.add(
        new EarlyFile("/etc/hostname", 0644, (vm.name() + "\n").getBytes(StandardCharsets.UTF_8)));
    files.addAll(additions.files());
    context.disks().writeInitrd(image, paths, files);
    progress.stage("prepare_files", "done", "");

    WorkDiskGrowth growth = new WorkDiskGrowth(context, vm);
    growth.onHost();
    HostNetwork.Plan network = context.network().plan(vm);
    LaunchPlan plan = plan(vm, image, paths, additions, network);
    try (BootSlots.Slot _ = slots.take(progress)) {
      driver.prepare(plan, LifecycleSettings.LAUNCH_LIMIT, progress);
      rollback.push("the VMM", () -> context.killAndRelease(vm));
      new Boot(vm, image, driver, plan, network, rollback, progress, steps).toAgent(startTimeout);
    }
    growth.inGuest(progress);
    steps.start(Phase.GUEST, rollback);
    return vm;
  }

  /** One VM's way from its launch to an agent that answers. */
  private final class Boot {
    private final VmRecord vm;
    private final Image image;
    private final VmmDriver driver;
    private final LaunchPlan plan;
    private final HostNetwork.Plan network;
    private final Rollback rollback;
    private final Progress progress;
    private final Steps steps;
    private Beside hostSteps;

    Boot(
        VmRecord vm,
        Image image,
        VmmDriver driver,
        LaunchPlan plan,
        HostNetwork.Plan network,
        Rollback rollback,
        Progress progress,
        Steps steps) {
      this.vm = vm;
      this.image = image;
      this.driver = driver;
      this.plan = plan;
      this.network = network;
      this.rollback = rollback;
      this.progress = progress;
      this.steps = steps;
    }

    /**
     * Boots, and boots once more when the guest is still silent at half time. Seen once in some two
     * hundred emulated boots, on a busy host, cause unknown: the kernel had begun, the agent never
     * answered. A second boot costs a guest that is really broken nothing but the time it would
     * have been waited for anyway.
     */
    void toAgent(Duration startTimeout) throws InterruptedException {
      Duration half = startTimeout.dividedBy(2);
      try {
        try {
          once(half);
        } catch (BangerException e) {
          if (e.kind() != ErrorKind.TIMEOUT || hostSteps.failure().isDone()) {
            throw e;
          }
          progress.stage(
              "wait_guest_agent",
              "note",
              "silent for %d s, so it is booted once more".formatted(half.toSeconds()));
          context.killAndRelease(vm);
          once(half);
        }
        hostSteps.join();
      } finally {
        // The caller may undo next, and must not do so while a step is still being started.
        if (hostSteps != null) {
          hostSteps.close();
        }
      }
    }

    private void once(Duration atMost) throws InterruptedException {
      progress.stage("boot_vmm", "started", "");
      // Before each launch: what ended the one before has given it back.
      context.network().attach(vm, network);
      context.disks().attach(image, plan.paths(), LifecycleSettings.DISK_LIMIT);
      VmHandles handles = driver.launch(plan, LifecycleSettings.LAUNCH_LIMIT);
      Launched launched = Launched.of(vm.spec());
      context.scratch().write(plan.paths(), handles, launched);
      Live live = context.adopt(vm, handles, launched);
      progress.stage("boot_vmm", "done", handles.driver() + "+" + handles.accel());
      if (hostSteps == null) {
        hostSteps = Beside.start("host-steps-" + vm.id(), () -> steps.start(Phase.HOST, rollback));
      }
      progress.stage("wait_guest_agent", "started", "");
      GuestLink link = awaitAgent(live, atMost);
      progress.stage("wait_guest_agent", "done", "kernel " + link.hello().kernel());
    }

    private GuestLink awaitAgent(Live live, Duration atMost) throws InterruptedException {
      VmPaths paths = plan.paths();
      CompletableFuture<GuestLink> connected = new CompletableFuture<>();
      Thread connecting =
          Thread.ofVirtual()
              .name("connect-" + vm.id())
              .start(
                  () -> {
                    try {
                      connected.complete(context.live().connect(live, atMost));
                    } catch (Throwable e) {
                      connected.completeExceptionally(e);
                    }
                  });
      CompletableFuture<Void> hostFailure = hostSteps.failure();
      try {
        CompletableFuture.anyOf(connected, live.exit(), hostFailure)
            .get(atMost.toMillis() + LifecycleSettings.ASK_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
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
        if (hostFailure.isDone()) {
          throw Operation.asBangerException(e.getCause());
        }
        throw withConsole(Operation.asBangerException(e.getCause()), paths);
      } catch (TimeoutException e) {
        throw withConsole(
            new BangerException(
                ErrorKind.TIMEOUT,
                "the agent of vm \"%s\" did not answer within %d s"
                    .formatted(vm.name(), atMost.toSeconds()),
                "keep such a VM for a look: --keep-failed; give it longer: --timeout",
                List.of(),
                e),
            paths);
      } finally {
        connecting.interrupt();
      }
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

  private LaunchPlan plan(
      VmRecord vm, Image image, VmPaths paths, Additions additions, HostNetwork.Plan network) {
    List<LaunchPlan.Disk> disks = new ArrayList<>(context.disks().disks(paths));
    disks.addAll(additions.disks());
    return new LaunchPlan(
        vm.name(),
        paths,
        vm.spec().cpus(),
        vm.spec().memoryMiB(),
        image.kernel(),
        paths.initrd(),
        kernelArguments(additions, network.guest()),
        disks,
        network.launch(vm));
  }

  /** The initramfs sets the address while the agent starts, which then need not. */
  private static List<String> kernelArguments(
      Additions additions, GuestLink.NetworkConfig network) {
    List<String> words = new ArrayList<>();
    if (!network.addressCidr().isEmpty()) {
      words.add("banger.address=" + network.addressCidr());
    }
    if (!network.addressCidr().isEmpty() && !network.gateway().isEmpty()) {
      words.add("banger.gateway=" + network.gateway());
    }
    // Last, for they may end with what is meant for the guest's own init.
    words.addAll(additions.kernelArguments());
    return words;
  }

  /** Notes that the VM is up. */
  VmRecord ready(VmRecord vm) {
    VmRecord running =
        context.save(
            Transitions.apply(vm, new VmEvent.BecameReady())
                .withStartedAt(Instant.now())
                .withLastError(""));
    context.extensions().happened(running, Extensions.Happening.STARTED, "");
    return running;
  }
}
