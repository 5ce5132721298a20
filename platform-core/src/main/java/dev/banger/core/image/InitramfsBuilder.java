package dev.banger.core.image;

import dev.banger.core.disk.CpioWriter;
import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Builds the initramfs of an image: an init script, BusyBox and the modules that a guest needs
 * before it has a root file system. It is not compressed: it is small, and under emulation
 * unpacking it costs more than reading it.
 */
public final class InitramfsBuilder {
  /** Without these no guest finds its disks. */
  static final List<String> REQUIRED = List.of("virtio_mmio", "virtio_blk", "ext4");

  /** Loaded where the kernel has them, while the agent starts. */
  static final List<String> OPTIONAL =
      List.of(
          "virtio_net",
          "virtio_rng",
          "button", // the power button ...
          "evdev", // ... and the way its event reaches the guest's programs
          "overlay",
          // The ways to the agent last: who has reached it finds all else in place.
          "vsock",
          "vmw_vsock_virtio_transport",
          "virtio_console");

  private static final String INIT = "initramfs-init.sh";

  private final Commands commands;
  private final Supplier<byte[]> init;

  public InitramfsBuilder(Commands commands) {
    this(commands, InitramfsBuilder::initScript);
  }

  /**
   * @param init the program that becomes {@code /init}
   */
  InitramfsBuilder(Commands commands, Supplier<byte[]> init) {
    this.commands = commands;
    this.init = init;
  }

  /**
   * Writes the initramfs to {@code target}, a new file.
   *
   * @param modulesDir modules of the kernel it is for, with a {@code modules.dep}
   * @throws BangerException of kind UNAVAILABLE without a static BusyBox, INVALID when the kernel
   *     lacks what every guest needs
   */
  public void build(Path modulesDir, Path target) throws InterruptedException {
    build(Busybox.find(commands), modulesDir, target);
  }

  void build(Busybox busybox, Path modulesDir, Path target) throws InterruptedException {
    try {
      KernelModules kernel = KernelModules.read(modulesDir);
      List<Path> forDisks = forDisks(kernel, modulesDir);
      List<Path> others = new ArrayList<>(kernel.loadOrder(OPTIONAL));
      others.removeAll(forDisks);
      try (var out = new BufferedOutputStream(Files.newOutputStream(target))) {
        write(new CpioWriter(out), busybox, forDisks, others);
      }
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot build the initramfs: " + e.getMessage(), "", List.of(), e);
    }
  }

  private static List<Path> forDisks(KernelModules kernel, Path modulesDir) throws IOException {
    for (String module : REQUIRED) {
      if (!kernel.has(module)) {
        throw new BangerException(
            ErrorKind.INVALID,
            "kernel %s has no %s; guests could not reach their disks"
                .formatted(modulesDir.getFileName(), module),
            "use a kernel built for virtual machines, for example linux-image-cloud-amd64");
      }
    }
    return kernel.loadOrder(REQUIRED);
  }

  private void write(CpioWriter cpio, Busybox busybox, List<Path> forDisks, List<Path> others)
      throws IOException, InterruptedException {
    for (String dir : List.of("bin", "dev", "modules", "newroot", "proc", "sys")) {
      cpio.directory(dir, 0755);
    }
    cpio.characterDevice("dev/console", 0600, 5, 1);
    cpio.file("init", 0755, init.get());
    cpio.file("bin/busybox", 0755, busybox.binary());
    modules(cpio, "modules/order", forDisks);
    modules(cpio, "modules/later", others);
    cpio.close();
  }

  private void modules(CpioWriter cpio, String list, List<Path> modules)
      throws IOException, InterruptedException {
    ModuleFile reader = new ModuleFile(commands);
    StringBuilder order = new StringBuilder();
    for (Path module : modules) {
      String name = ModuleFile.plainName(module);
      cpio.file("modules/" + name, 0644, reader.read(module));
      order.append(name).append('\n');
    }
    cpio.file(list, 0644, order.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] initScript() {
    try (InputStream in = InitramfsBuilder.class.getResourceAsStream(INIT)) {
      if (in == null) {
        throw new BangerException(ErrorKind.INTERNAL, "this build of banger has no " + INIT);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.INTERNAL, "cannot read " + INIT + ": " + e.getMessage(), "", List.of(), e);
    }
  }
}
