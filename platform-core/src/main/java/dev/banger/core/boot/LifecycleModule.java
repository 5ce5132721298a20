package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.OptionalBinder;
import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.host.Privileges;
import dev.banger.core.host.ProcessMeter;
import dev.banger.core.lifecycle.CpuLoad;
import dev.banger.core.lifecycle.DiskProvisioner;
import dev.banger.core.lifecycle.DiskWatch;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.lifecycle.Extensions;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.HandlesScratch;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.lifecycle.LifecycleSettings;
import dev.banger.core.lifecycle.LiveVms;
import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.lifecycle.Reconciler;
import dev.banger.core.lifecycle.Upkeep;
import dev.banger.core.lifecycle.VmContext;
import dev.banger.core.lifecycle.VmDirectories;
import dev.banger.core.lifecycle.VmLocks;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.net.KernelNetwork;
import dev.banger.core.stats.CpuWatch;
import dev.banger.core.stats.VmUsage;

/** VMs and what may be done with them. */
@SuppressWarnings("CloseableProvides") // Opened closes them, in reverse order
final class LifecycleModule extends AbstractModule {
  @Override
  protected void configure() {
    OptionalBinder.newOptionalBinder(binder(), CpuLoad.class);
  }

  @Provides
  @Singleton
  Operations operations(OperationLog log) {
    return new Operations(log);
  }

  @Provides
  @Singleton
  LiveVms liveVms(GuestLink.Connector connector, Opened opened) {
    return opened.add("the guest links", new LiveVms(connector));
  }

  @Provides
  @Singleton
  Upkeep upkeep() {
    return new Upkeep();
  }

  @Provides
  @Singleton
  HostNetwork network(Layout layout, Config config, Commands commands, Opened opened) {
    return opened.add(
        "the network",
        KernelNetwork.of(
            commands, new Privileges(commands), config.network(), layout.directories().state()));
  }

  @Provides
  @Singleton
  VmContext context(
      Layout layout,
      Config config,
      VmStore store,
      HandlesScratch scratch,
      Drivers drivers,
      ImageCatalog images,
      DiskProvisioner disks,
      HostNetwork network,
      Extensions extensions,
      LiveVms live,
      Upkeep upkeep) {
    return new VmContext(
        store,
        new VmDirectories(layout.directories().data(), layout.directories().run()),
        scratch,
        drivers,
        images,
        disks,
        network,
        extensions,
        live,
        new VmLocks(),
        upkeep,
        new LifecycleSettings(config.startTimeout(), config.stopGrace()));
  }

  @Provides
  @Singleton
  VmService vmService(VmContext context, Operations operations) {
    return new VmService(context, operations);
  }

  @Provides
  @Singleton
  DiskWatch diskWatch(VmContext context) {
    return new DiskWatch(context);
  }

  @Provides
  @Singleton
  CpuWatch cpuWatch(LiveVms live) {
    return new CpuWatch(live, new ProcessMeter(), System::nanoTime);
  }

  @Provides
  CpuLoad cpuLoad(CpuWatch watch) {
    return watch;
  }

  @Provides
  @Singleton
  VmUsage vmUsage(VmService vms, Drivers drivers, CpuWatch cpu) {
    return new VmUsage(vms, drivers, cpu, new ProcessMeter());
  }

  @Provides
  @Singleton
  Reconciler reconciler(VmContext context) {
    return new Reconciler(context);
  }
}
