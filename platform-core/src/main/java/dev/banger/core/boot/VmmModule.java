package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.model.Image;
import dev.banger.core.vmm.firecracker.FirecrackerDriver;
import dev.banger.core.vmm.firecracker.FirecrackerSettings;
import dev.banger.core.vmm.qemu.QemuDriver;
import dev.banger.core.vmm.qemu.QemuSettings;
import dev.banger.core.vmm.qemu.QemuSettings.AccelMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The VMM drivers, the preferred one first. */
final class VmmModule extends AbstractModule {
  private static final Path KVM = Path.of("/dev/kvm");

  @Provides
  @Singleton
  Drivers drivers(
      Layout layout,
      Config config,
      Commands commands,
      Opened opened,
      ImageCatalog images,
      ElfKernels kernels) {
    Path state = layout.directories().state();
    FirecrackerDriver firecracker =
        new FirecrackerDriver(
            commands,
            state,
            new FirecrackerSettings(text(config.firecrackerBin()), KVM)
                .withBridge(config.network().bridge()),
            kernels,
            () -> images.list().stream().map(Image::kernel).findFirst());
    opened.add("the Firecracker driver", firecracker);
    AccelMode accel = AccelMode.valueOf(config.accel().toUpperCase(Locale.ROOT));
    QemuDriver qemu =
        new QemuDriver(commands, state, new QemuSettings(text(config.qemuBin()), accel));
    opened.add("the QEMU driver", qemu);
    return new Drivers(List.of(firecracker, qemu));
  }

  private static String text(Optional<Path> path) {
    return path.map(Path::toString).orElse("");
  }
}
