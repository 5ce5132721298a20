package dev.banger.plugin.dns;

import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Enters a VM's names when it starts, and takes them out when it stops. */
final class RecordStep implements LifecycleStep<RecordReceipt> {
  private final Supplier<Service> service;

  /**
   * @param service what the plugin has opened
   */
  RecordStep(Supplier<Service> service) {
    this.service = service;
  }

  @Override
  public Started<RecordReceipt> start(StepContext<RecordReceipt> context) throws Exception {
    Service running = service.get();
    String address = context.vm().network().address();
    if (address.isEmpty()) {
      return Started.skipped("the VM has no address");
    }
    return Records.inTurn(
        context,
        () -> {
          Map<String, Entry> stored = Records.all(context.store());
          Records.Grant grant = Records.Grant.of(context.vm(), stored, context.host().vms());
          RecordReceipt receipt = new RecordReceipt(address, grant.names());
          context.intend(receipt);
          Entry entry = new Entry(context.vm().name(), address, grant.names());
          Records.put(context.store(), context.vm(), entry);
          stored.put(context.vm().id(), entry);
          running.table().publish(stored.values());
          return grant.refused().isEmpty()
              ? Started.ok(receipt, note(running, grant))
              : Started.degraded(receipt, String.join("; ", grant.refused()));
        });
  }

  private static String note(Service running, Records.Grant grant) {
    String names =
        grant.names().stream().map(running.zone()::full).collect(Collectors.joining(", "));
    return running.listening().problem().map(why -> names + "; " + why).orElse(names);
  }

  @Override
  public Stopped stop(StepContext<RecordReceipt> context, Optional<RecordReceipt> receipt)
      throws Exception {
    return Records.inTurn(
        context,
        () -> {
          if (!Records.remove(context.store(), context.vm().id())) {
            return Stopped.nothingToDo();
          }
          service.get().table().publish(Records.all(context.store()).values());
          return Stopped.released();
        });
  }

  /** The names are served from what is stored, so that is what counts. */
  @Override
  public Observed<RecordReceipt> observe(
      StepContext<RecordReceipt> context, Optional<RecordReceipt> receipt) throws Exception {
    return Records.inTurn(
        context,
        () -> {
          Map<String, Entry> stored = Records.all(context.store());
          Entry entry = stored.get(context.vm().id());
          if (entry == null) {
            return Observed.gone();
          }
          RecordReceipt there = new RecordReceipt(entry.address(), entry.names());
          if (!entry.address().equals(context.vm().network().address())) {
            return Observed.drifted(
                there,
                "the names lead to %s, and the VM is at %s"
                    .formatted(entry.address(), context.vm().network().address()));
          }
          Records.Grant grant = Records.Grant.of(context.vm(), stored, context.host().vms());
          return grant.names().equals(entry.names())
              ? Observed.present(there)
              : Observed.drifted(
                  there, "it has %s and could have %s".formatted(entry.names(), grant.names()));
        });
  }
}
