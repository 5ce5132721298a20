package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.config.Config;
import dev.banger.core.doctor.Doctor;
import dev.banger.core.doctor.Preflight;
import dev.banger.core.image.ImageRegistry;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.lifecycle.Reconciler;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.plugins.PluginRuntime;
import dev.banger.core.plugins.PluginTrace;
import dev.banger.core.rpc.ConfigMethods;
import dev.banger.core.rpc.ConfiguredSpecs;
import dev.banger.core.rpc.DaemonMethods;
import dev.banger.core.rpc.DoctorMethods;
import dev.banger.core.rpc.ImageImports;
import dev.banger.core.rpc.ImageMethods;
import dev.banger.core.rpc.MethodTable;
import dev.banger.core.rpc.OperationMethods;
import dev.banger.core.rpc.PluginMethods;
import dev.banger.core.rpc.PreflightedMethods;
import dev.banger.core.rpc.RpcMethod;
import dev.banger.core.rpc.StatsMethods;
import dev.banger.core.rpc.VmJson;
import dev.banger.core.rpc.VmMethods;
import dev.banger.core.stats.VmUsage;
import dev.banger.hooks.HookHistory;
import java.util.Map;

/** The methods that clients may call. */
final class RpcModule extends AbstractModule {
  private final MethodTable methods;

  RpcModule(MethodTable methods) {
    this.methods = methods;
  }

  /** Fills the method table once everything else is wired. */
  @FunctionalInterface
  interface Registration {
    void register(DaemonMethods daemon, Reconciler.Report report);
  }

  @Provides
  @Singleton
  Registration registration(
      Config config,
      VmService vms,
      Drivers drivers,
      Operations operations,
      ImageRegistry images,
      ImageImports imports,
      PluginRuntime plugins,
      HookHistory history,
      VmUsage usage,
      Doctor doctor) {
    Map<String, RpcMethod> table = methods.asMap();
    return (daemon, report) -> {
      PluginMethods pluginMethods =
          new PluginMethods(
              plugins, operations, new PluginTrace(history), ref -> vms.resolve(ref).id().value());
      new VmMethods(vms, new VmJson(vms), new ConfiguredSpecs(config, images, vms)).register(table);
      new StatsMethods(vms, new VmJson(vms), usage).register(table);
      new OperationMethods(operations, vms::nameOf).register(table);
      new ImageMethods(images, imports, vms, operations).register(table);
      new DoctorMethods(doctor, plugins).register(table);
      new ConfigMethods(config).register(table);
      pluginMethods.register(table);
      PreflightedMethods.guard(table, new Preflight(doctor));
      daemon.register(table, vms, drivers, pluginMethods::list, report::problems);
    };
  }
}
