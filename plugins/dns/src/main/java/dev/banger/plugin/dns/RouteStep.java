package dev.banger.plugin.dns;

import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import dev.banger.api.VmView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Has systemd-resolved ask here for the zone while a VM runs on the bridge. All VMs of a bridge
 * share that: the first to come makes it, the last to go takes it back.
 */
final class RouteStep implements LifecycleStep<RouteReceipt> {
  private static final String PREFIX = "route/";

  private final Supplier<Service> service;
  private final Function<VmView, String> bridge;

  /**
   * @param bridge the bridge a VM is on, or nothing
   */
  RouteStep(Supplier<Service> service, Function<VmView, String> bridge) {
    this.service = service;
    this.bridge = bridge;
  }

  @Override
  public Started<RouteReceipt> start(StepContext<RouteReceipt> context) throws Exception {
    String link = bridge.apply(context.vm());
    if (link.isEmpty()) {
      return Started.skipped("not on a bridge");
    }
    if (!Routing.Host.resolved(context)) {
      return Started.skipped("systemd-resolved does not run here");
    }
    return Records.inTurn(
        context,
        () -> {
          RouteReceipt receipt = new RouteReceipt(link);
          context.intend(receipt);
          context.store().put(PREFIX + context.vm().id(), receipt);
          ResolvedLink resolved = resolved(link);
          resolved.apply(context);
          return Started.ok(
              receipt, "%s asks %s for .%s".formatted(link, resolved.server(), resolved.zone()));
        });
  }

  @Override
  public Stopped stop(StepContext<RouteReceipt> context, Optional<RouteReceipt> receipt)
      throws Exception {
    return Records.inTurn(
        context,
        () -> release(context, context.vm().id()) ? Stopped.released() : Stopped.nothingToDo());
  }

  @Override
  public Observed<RouteReceipt> observe(
      StepContext<RouteReceipt> context, Optional<RouteReceipt> receipt) throws Exception {
    Optional<RouteReceipt> stored =
        context.store().get(PREFIX + context.vm().id(), RouteReceipt.class);
    if (stored.isEmpty()) {
      return Observed.gone();
    }
    if (!Routing.Host.resolved(context)) {
      return new Observed.Unknown<>();
    }
    return resolved(stored.get().link()).isApplied(context)
        ? Observed.present(stored.get())
        : Observed.drifted(stored.get(), "systemd-resolved does not ask here any more");
  }

  /**
   * Tells systemd-resolved again, for every bridge a VM runs on.
   *
   * @return what was done; nothing where no VM runs on a bridge, as the bridge is what it is told
   *     of
   */
  String fix(PluginContext context) throws Exception {
    if (!Routing.Host.resolved(context)) {
      return "";
    }
    return Records.inTurn(
        context,
        () -> {
          Set<String> links = links(context).keySet();
          for (String link : links) {
            resolved(link).apply(context);
          }
          return links.isEmpty()
              ? ""
              : "systemd-resolved asks here again for .%s on %s"
                  .formatted(service.get().zone().text(), String.join(", ", links));
        });
  }

  /** Who runs on a bridge that systemd-resolved has forgotten. */
  Set<String> drifted(PluginContext context) throws Exception {
    return Records.inTurn(
        context,
        () -> {
          Set<String> ids = new TreeSet<>();
          Map<String, Set<String>> links = links(context);
          if (!links.isEmpty() && Routing.Host.resolved(context)) {
            for (Map.Entry<String, Set<String>> link : links.entrySet()) {
              if (!resolved(link.getKey()).isApplied(context)) {
                ids.addAll(link.getValue());
              }
            }
          }
          return ids;
        });
  }

  /** Ids of VMs, by the bridge they are on. */
  private static Map<String, Set<String>> links(PluginContext context) {
    Map<String, Set<String>> links = new TreeMap<>();
    for (String key : context.store().keys(PREFIX)) {
      context
          .store()
          .get(key, RouteReceipt.class)
          .ifPresent(
              receipt ->
                  links
                      .computeIfAbsent(receipt.link(), _ -> new TreeSet<>())
                      .add(key.substring(PREFIX.length())));
    }
    return links;
  }

  /** Takes back what VMs that are gone for good have left. */
  List<String> sweep(Predicate<String> exists, PluginContext context) throws Exception {
    return Records.inTurn(
        context,
        () -> {
          List<String> removed = new ArrayList<>();
          for (String key : context.store().keys(PREFIX)) {
            String id = key.substring(PREFIX.length());
            if (!exists.test(id) && release(context, id)) {
              removed.add("the route to the names of VM " + id);
            }
          }
          return removed;
        });
  }

  /** The entry goes last: until then it is known that there is something to take back. */
  private boolean release(PluginContext context, String vmId) throws InterruptedException {
    PluginStore store = context.store();
    String mine = PREFIX + vmId;
    Optional<RouteReceipt> route = store.get(mine, RouteReceipt.class);
    if (route.isEmpty()) {
      return false;
    }
    boolean shared =
        store.keys(PREFIX).stream()
            .filter(key -> !key.equals(mine))
            .anyMatch(key -> store.get(key, RouteReceipt.class).equals(route));
    if (!shared) {
      resolved(route.get().link()).revert(context);
    }
    store.delete(mine);
    return true;
  }

  private ResolvedLink resolved(String link) {
    Service running = service.get();
    return new ResolvedLink(link, running.zone().text(), running.server());
  }
}
