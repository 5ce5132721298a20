package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.config.Config;
import dev.banger.core.disk.Disks;
import dev.banger.core.host.Commands;
import dev.banger.core.image.DebianImporter;
import dev.banger.core.image.ImageRegistry;
import dev.banger.core.image.InitramfsBuilder;
import dev.banger.core.image.KernelCache;
import dev.banger.core.image.TinyImporter;
import dev.banger.core.lifecycle.DiskProvisioner;
import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.rpc.ImageImports;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Logger;

/** Images, how they are made, and the disks over them. */
final class ImageModule extends AbstractModule {
  @Provides
  @Singleton
  ImageRegistry registry(Layout layout, Commands commands) {
    ImageRegistry registry =
        new ImageRegistry(commands, layout.directories().data().resolve("images"));
    // What an import left that a dead daemon had begun.
    registry.sweep().forEach(left -> Logger.getLogger(ImageModule.class.getName()).warning(left));
    return registry;
  }

  @Provides
  @Singleton
  ImageCatalog catalog(ImageRegistry registry) {
    return registry;
  }

  @Provides
  @Singleton
  Disks disks(Layout layout, Commands commands, Config config) {
    return Disks.of(
        commands, layout.agentDisk(), layout.directories().data(), config.vm().rootDisk());
  }

  @Provides
  @Singleton
  ElfKernels elfKernels(Layout layout, Commands commands) {
    return new KernelCache(commands, layout.directories().data().resolve("kernels"));
  }

  @Provides
  @Singleton
  DiskProvisioner provisioner(Disks disks) {
    return disks;
  }

  @Provides
  @Singleton
  ImageImports imports(Layout layout, Commands commands, ImageRegistry registry) {
    Path images = layout.directories().data().resolve("images");
    Path kernels = layout.directories().data().resolve("kernels");
    InitramfsBuilder initramfs = new InitramfsBuilder(commands);
    TinyImporter tiny = new TinyImporter(commands, registry, initramfs, images, kernels);
    DebianImporter debian = new DebianImporter(commands, registry, initramfs, images, kernels);
    return new ImageImports(
        Map.of(
            "tiny",
            (params, progress) -> tiny.run(params.optionalText("name").orElse("tiny"), progress),
            "debian",
            (params, progress) ->
                debian.run(
                    new DebianImporter.Request(
                        params.optionalText("name").orElse("debian"),
                        params.optionalText("suite"),
                        params.texts("packages"),
                        params.optionalText("mirror")),
                    progress)));
  }
}
