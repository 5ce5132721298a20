package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.client.Directories;
import dev.banger.core.config.Config;
import dev.banger.core.config.ConfigLoader;
import dev.banger.core.disk.Disks;
import dev.banger.core.doctor.ArchivesCheck;
import dev.banger.core.doctor.CoreChecks;
import dev.banger.core.doctor.Doctor;
import dev.banger.core.doctor.DoctorCheck;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.lifecycle.HostNetwork;
import java.util.ArrayList;
import java.util.List;

/** Checks of what this host needs. */
final class DoctorModule extends AbstractModule {
  @Provides
  @Singleton
  Doctor doctor(
      Layout layout,
      Config config,
      Commands commands,
      Drivers drivers,
      HostNetwork network,
      Disks disks) {
    Directories dirs = layout.directories();
    ConfigLoader loader = layout.config();
    CoreChecks.Places places =
        new CoreChecks.Places(dirs.config(), dirs.data(), dirs.state(), dirs.run());
    return new Doctor(
        () -> {
          List<DoctorCheck> checks =
              new ArrayList<>(
                  CoreChecks.of(
                      commands,
                      config,
                      loader,
                      places,
                      drivers.all(),
                      layout::agentDisk,
                      network::status,
                      disks));
          // Run from anywhere else, as tests do, it has no launchers.
          layout.dist().ifPresent(dist -> checks.add(new ArchivesCheck(commands, dist)));
          return checks;
        });
  }
}
