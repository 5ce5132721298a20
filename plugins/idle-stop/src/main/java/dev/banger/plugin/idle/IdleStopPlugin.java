package dev.banger.plugin.idle;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.DoctorCheck;
import dev.banger.api.OpenContext;
import dev.banger.api.Permission;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.VmEvent;
import dev.banger.api.VmView;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;

/** See the package. */
public final class IdleStopPlugin implements CapabilityPlugin {
  /** The daemon has other things to do at first, and all VMs count as used then. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final Alarm alarm = new Alarm();
  private volatile Opened opened;

  /** What is there while the plugin is open. */
  private record Opened(Notes notes, Rounds rounds) {}

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Stops VMs that nobody uses");
    registrar.needs(Permission.VM_READ, Permission.VM_STOP);
    registrar.config(IdleStopSettings.DEFAULTS);
    registrar.validate((vm, _) -> Allowance.problem(vm).stream().toList());
    registrar.events((event, _) -> happened(event));
    registrar.vmRemoved((vm, context) -> context.store().delete(Notes.key(vm.id())));
    registrar.doctor(Allowance.LABEL, IdleStopPlugin::check);
  }

  @Override
  public void open(OpenContext context) {
    Notes notes = new Notes(context.store(), context::remark);
    Rounds rounds =
        new Rounds(
            context.host(),
            context.config(IdleStopSettings.class),
            notes,
            context.log(),
            InstantSource.system(),
            ZoneId.systemDefault());
    opened = new Opened(notes, rounds);
    context.background("rounds", () -> run(notes, rounds, context.log()));
  }

  private void run(Notes notes, Rounds rounds, System.Logger log) throws InterruptedException {
    try {
      notes.recall();
    } catch (CapabilityException e) {
      log.log(
          System.Logger.Level.WARNING, "why VMs were stopped is not known: {0}", e.getMessage());
    }
    Duration pause = FIRST_PAUSE;
    while (true) {
      alarm.await(pause);
      try {
        pause = rounds.round();
      } catch (CapabilityException e) {
        log.log(System.Logger.Level.WARNING, "VMs could not be looked at: {0}", e.getMessage());
        pause = Duration.ofSeconds(60);
      }
    }
  }

  private void happened(VmEvent event) {
    Opened now = opened;
    if (now == null || !event.type().equals("started")) {
      return;
    }
    now.notes().drop(event.vm().id());
    if (now.rounds().isUrgent(event.vm())) {
      alarm.ring();
    }
  }

  @Override
  public void close() {
    opened = null;
  }

  private static DoctorCheck.Outcome check(PluginContext context) {
    IdleStopSettings settings = context.config(IdleStopSettings.class);
    List<VmView> vms = context.host().vms();
    List<VmView> wrong = vms.stream().filter(vm -> Allowance.problem(vm).isPresent()).toList();
    if (!wrong.isEmpty()) {
      VmView first = wrong.getFirst();
      return DoctorCheck.Outcome.warn(
          "vm %s is never stopped: %s".formatted(first.name(), Allowance.problem(first).get()),
          "give it a label %s that is %s or a duration"
              .formatted(Allowance.LABEL, Allowance.NEVER));
    }
    long labelled = vms.stream().filter(vm -> vm.labels().containsKey(Allowance.LABEL)).count();
    String own = labelled == 0 ? "" : "; %d by the label %s".formatted(labelled, Allowance.LABEL);
    return DoctorCheck.Outcome.ok(
        settings.after().isZero()
            ? "off: idle_stop = \"0s\"" + own
            : "VMs stop after %s without use%s".formatted(Words.duration(settings.after()), own));
  }
}
