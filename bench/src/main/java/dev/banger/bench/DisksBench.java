package dev.banger.bench;

import dev.banger.core.disk.Disks;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.LaunchPlan.Disk.Format;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * From the request for a root disk until it is ready, in each way this host can do it, against
 * {@code cp} of the same image; and the processes that are started for the disks of one VM.
 */
final class DisksBench {
  private static final int PAIRS = 15;
  private static final long MIB = 1L << 20;

  /** As a Debian image is: 8 GiB to look at, 512 MiB in pieces. */
  private static final long IMAGE_MIB = 8192;

  private static final int PIECES = 128;
  private static final int PIECE = 4 << 20;
  private static final long GROWN_MIB = 16_384;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Programs programs;
  private final PrintStream out;
  private final Path data;
  private final Recorder commands = new Recorder(new ProcessCommands());

  /**
   * @param data an empty directory on the file system in question; made when it is not there
   */
  DisksBench(Programs programs, PrintStream out, Path data) {
    this.programs = programs;
    this.out = out;
    this.data = data;
  }

  void run(Pairs pairs) throws Exception {
    Image image = image();
    Path copy = data.resolve("cp.img");
    // Unasked, cp would share blocks too where the file system can.
    List<String> cp = List.of("cp", "--reflink=never", image.rootfs().toString(), copy.toString());
    for (String kind : List.of("reflink", "dm-snapshot", "qcow2", "copy")) {
      Disks disks = Disks.of(commands, data.resolve("agent.img"), data, kind);
      try {
        disks.wantedRootFormat();
      } catch (BangerException e) {
        out.printf("%-34s %s%n", "root disk: " + kind, e.getMessage());
        continue;
      }
      pairs.compare(
          "root disk: " + kind,
          () -> make(disks, image),
          "cp",
          () -> {
            long took = programs.time(cp);
            Files.delete(copy);
            return took;
          },
          PAIRS);
      processes(disks, image);
    }
  }

  private long make(Disks disks, Image image) throws IOException {
    VmPaths paths = vm();
    long began = System.nanoTime();
    disks.createRootDisk(image, paths, GROWN_MIB, EnumSet.allOf(Format.class), LIMIT);
    disks.attach(image, paths, LIMIT);
    long took = System.nanoTime() - began;
    disks.detach(paths, LIMIT);
    delete(paths);
    return took;
  }

  /** Of all disks of one VM, up to where a VMM could open them. */
  private void processes(Disks disks, Image image) throws IOException {
    VmPaths paths = vm();
    Set<Format> all = EnumSet.allOf(Format.class);
    commands.started.clear();
    disks.createRootDisk(image, paths, GROWN_MIB, all, LIMIT);
    disks.attach(image, paths, LIMIT);
    int root = commands.started.size();
    disks.createWorkDisk(paths, 4096, LIMIT);
    out.printf(
        "  processes for the disks of one VM: %d for the root disk, %d in all (%s)%n",
        root,
        commands.started.size(),
        commands.started.stream().sorted().collect(Collectors.joining(", ")));
    disks.detach(paths, LIMIT);
    delete(paths);
  }

  private VmPaths vm() throws IOException {
    VmId id = VmId.random();
    Path dir = Files.createDirectories(data.resolve("vms").resolve(id.value()));
    return new VmPaths(id, dir, dir);
  }

  private static void delete(VmPaths paths) throws IOException {
    for (Path file :
        List.of(
            paths.rootDisk(),
            paths.rootReflink(),
            paths.rootCopy(),
            paths.rootChanges(),
            paths.workDisk(),
            paths.dir())) {
      Files.deleteIfExists(file);
    }
  }

  private Image image() throws IOException {
    Path dir = Files.createDirectories(data.resolve("images/bench"));
    Path rootfs = dir.resolve("rootfs.img");
    byte[] piece = new byte[PIECE];
    new Random(1).nextBytes(piece);
    try (FileChannel to =
        FileChannel.open(rootfs, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < PIECES; i++) {
        ByteBuffer bytes = ByteBuffer.wrap(piece);
        for (long at = IMAGE_MIB * MIB / PIECES * i; bytes.hasRemaining(); ) {
          at += to.write(bytes, at);
        }
      }
      to.write(ByteBuffer.allocate(1), IMAGE_MIB * MIB - 1);
      to.force(true);
    }
    return new Image(
        "bench",
        dir,
        dir.resolve("kernel"),
        dir.resolve("initrd.img"),
        rootfs,
        "6.1",
        IMAGE_MIB,
        "",
        Instant.EPOCH);
  }

  /** Remembers what was started. */
  private static final class Recorder implements Commands {
    private final Commands host;
    private final List<String> started = new CopyOnWriteArrayList<>();

    Recorder(Commands host) {
      this.host = host;
    }

    @Override
    public Result run(Call call) throws InterruptedException {
      started.add(Path.of(call.argv().getFirst()).getFileName().toString());
      return host.run(call);
    }

    @Override
    public Optional<Path> find(String tool) {
      return host.find(tool);
    }
  }
}
