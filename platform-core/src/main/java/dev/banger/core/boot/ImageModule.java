package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.disk.Qcow2DiskProvisioner;
import dev.banger.core.host.Commands;
import dev.banger.core.image.ImageRegistry;
import dev.banger.core.lifecycle.DiskProvisioner;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.rpc.ImageImports;
import java.util.Map;

/** Images, how they are made, and the disks over them. */
final class ImageModule extends AbstractModule {
  @Provides
  @Singleton
  ImageRegistry registry(Layout layout, Commands commands) {
    return new ImageRegistry(commands, layout.directories().data().resolve("images"));
  }

  @Provides
  @Singleton
  ImageCatalog catalog(ImageRegistry registry) {
    return registry;
  }

  @Provides
  @Singleton
  DiskProvisioner disks(Layout layout, Commands commands) {
    return new Qcow2DiskProvisioner(commands, layout.agentDisk());
  }

  @Provides
  @Singleton
  ImageImports imports() {
    return new ImageImports(Map.of());
  }
}
