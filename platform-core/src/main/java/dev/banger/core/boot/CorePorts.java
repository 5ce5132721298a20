package dev.banger.core.boot;

import com.google.inject.Provider;
import dev.banger.api.PluginStore;
import dev.banger.api.VmUsage;
import dev.banger.core.lifecycle.CpuLoad;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.lifecycle.Upkeep;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.lifecycle.VmUses;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.plugins.PluginPorts;
import dev.banger.core.store.SqlitePluginStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;

/** What plugins need of the core. Plugins are there before the VMs are; they ask only later. */
final class CorePorts implements PluginPorts {
  private final Provider<VmService> vms;
  private final ImageCatalog images;
  private final HostNetwork network;
  private final SqlitePluginStore stores;
  private final Upkeep upkeep;
  private final Provider<Optional<CpuLoad>> load;

  CorePorts(
      Provider<VmService> vms,
      ImageCatalog images,
      HostNetwork network,
      SqlitePluginStore stores,
      Upkeep upkeep,
      Provider<Optional<CpuLoad>> load) {
    this.load = load;
    this.network = network;
    this.upkeep = upkeep;
    this.vms = vms;
    this.images = images;
    this.stores = stores;
  }

  @Override
  public VmRecord resolve(String ref) {
    return vms.get().resolve(ref);
  }

  @Override
  public List<VmRecord> vms() {
    return vms.get().list();
  }

  @Override
  public HostNetwork.Plan network(VmRecord vm) {
    return network.plan(vm);
  }

  @Override
  public boolean isAlive(VmId id) {
    return vms.get().live(id).isPresent();
  }

  @Override
  public VmUsage usage(VmId id, Duration window) throws InterruptedException {
    VmRecord vm = vms.get().resolve(id.value());
    VmUses.Usage usage = vms.get().usage(vm);
    return new VmUsage(
        usage.lastUsed(),
        usage.by(),
        usage.unusedFor(),
        usage.now(),
        load.get().map(known -> known.percent(id, window)).orElse(OptionalDouble.empty()),
        vms.get().live(id).filter(live -> !live.paused().isEmpty()).isPresent());
  }

  @Override
  public Runnable use(String ref, String by) {
    try {
      return vms.get().use(vms.get().resolve(ref), by)::close;
    } catch (BangerException e) {
      // Whoever is asked about it says so.
      return () -> {};
    }
  }

  @Override
  public void stop(VmId id, String reason) {
    var _ = vms.get().stop(vms.get().resolve(id.value()), reason);
  }

  @Override
  public boolean stopUnused(VmId id, Duration unused, String reason) throws InterruptedException {
    return vms.get().stopUnused(vms.get().resolve(id.value()), unused, reason);
  }

  @Override
  public <T> T withVmLock(VmId id, Duration deadline, Callable<T> body) throws Exception {
    return vms.get().locked(vms.get().resolve(id.value()), deadline, body);
  }

  @Override
  public Image image(String name) {
    return images.get(name);
  }

  @Override
  public GuestLink guest(VmId id, Duration deadline) throws InterruptedException {
    return vms.get().link(vms.get().resolve(id.value()), deadline);
  }

  @Override
  public void pluginsChanged() {
    upkeep.watchLeftovers();
  }

  @Override
  public void purge(String pluginId) {
    stores.purge(pluginId);
  }

  @Override
  public PluginStore store(String pluginId) {
    return stores.of(pluginId);
  }
}
