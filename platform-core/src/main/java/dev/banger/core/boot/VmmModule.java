package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.Drivers;
import dev.banger.core.vmm.qemu.QemuDriver;
import dev.banger.core.vmm.qemu.QemuSettings;
import dev.banger.core.vmm.qemu.QemuSettings.AccelMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The VMM drivers, the preferred one first. */
final class VmmModule extends AbstractModule {
  @Provides
  @Singleton
  Drivers drivers(Layout layout, Config config, Commands commands, Opened opened) {
    String binary = config.qemuBin().map(Path::toString).orElse("");
    AccelMode accel = AccelMode.valueOf(config.accel().toUpperCase(Locale.ROOT));
    QemuDriver qemu =
        new QemuDriver(commands, layout.directories().state(), new QemuSettings(binary, accel));
    opened.add("the QEMU driver", qemu);
    return new Drivers(List.of(qemu));
  }
}
