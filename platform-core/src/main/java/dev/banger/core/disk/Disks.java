package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.host.SparseFile;
import dev.banger.core.lifecycle.DiskProvisioner;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** All disks of a VM: its root in the way that fits, its work disk, the agent's. */
public final class Disks implements DiskProvisioner {
  static final String ROOT = "root disk";

  private final RootDisks roots;
  private final WorkDisk work;
  private final Path agentDisk;

  Disks(Commands commands, Path agentDisk, List<RootDiskStrategy> inOrder, String wanted) {
    this.roots = new RootDisks(inOrder, wanted);
    this.work = new WorkDisk(commands);
    this.agentDisk = agentDisk;
  }

  /**
   * @param data holds {@code images} and {@code vms}
   * @param wanted the option {@code vm.root_disk}
   */
  public static Disks of(Commands commands, Path agentDisk, Path data, String wanted) {
    // Whoever reads qcow2 is served before device mapper and copies are looked at.
    Path images = data.resolve("images");
    Path vms = data.resolve("vms");
    ReflinkStrategy reflink = new ReflinkStrategy(images, vms);
    reflink.tidy();
    return new Disks(
        commands,
        agentDisk,
        List.of(
            reflink,
            new Qcow2Strategy(),
            new DmSnapshotStrategy(commands, vms, images),
            new CopyStrategy()),
        wanted);
  }

  @Override
  public Optional<Disk.Format> wantedRootFormat() {
    return roots.configured().map(RootDiskStrategy::format);
  }

  @Override
  public void createRootDisk(
      Image image, VmPaths paths, long diskMiB, Set<Disk.Format> formats, Duration deadline) {
    if (diskMiB < image.diskMiB()) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the root disk must be at least %d MiB (the size of image %s), got %d MiB"
              .formatted(image.diskMiB(), image.name(), diskMiB),
          "leave the size out for the image's own");
    }
    RootDiskStrategy strategy = roots.pick(formats);
    Optional<RootDiskStrategy> other = roots.of(paths);
    if (other.isPresent()) {
      throw new BangerException(
          ErrorKind.CONFLICT,
          "the %s %s is already there; it was left alone".formatted(ROOT, other.get().file(paths)));
    }
    strategy.create(image, paths, diskMiB, deadline);
  }

  @Override
  public Optional<Disk.Format> rootFormat(VmPaths paths) {
    return roots.of(paths).map(RootDiskStrategy::format);
  }

  @Override
  public Optional<RootDisk> rootDisk(VmPaths paths) {
    return roots
        .of(paths)
        .map(
            strategy -> {
              Path file = strategy.file(paths);
              OptionalLong used = SparseFile.allocatedBytes(file);
              return new RootDisk(strategy.name(), file, used.orElse(file.toFile().length()));
            });
  }

  @Override
  public void attach(Image image, VmPaths paths, Duration deadline) {
    root(paths).attach(image, paths, deadline);
  }

  @Override
  public void detach(VmPaths paths, Duration deadline) {
    // Of each kind: what is left on the host may outlive the files that tell the kind.
    roots.inOrder().forEach(each -> each.detach(paths, deadline));
  }

  @Override
  public Set<VmId> traces(List<VmPaths> vms) {
    return roots.inOrder().stream()
        .flatMap(each -> each.traces(vms).stream())
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<Pressure> pressure(VmPaths paths) {
    return roots.of(paths).flatMap(strategy -> strategy.pressure(paths));
  }

  @Override
  public void sweep(Predicate<VmId> exists, Duration deadline) {
    roots.inOrder().forEach(each -> each.sweep(exists, deadline));
  }

  @Override
  public void createWorkDisk(VmPaths paths, long workDiskMiB, Duration deadline) {
    work.create(paths.workDisk(), workDiskMiB, deadline);
  }

  @Override
  public void checkWorkDisk(VmPaths paths, long workDiskMiB) {
    GrowingDisk.of(paths).check(workDiskMiB);
  }

  @Override
  public void growWorkDisk(VmPaths paths, long workDiskMiB) {
    GrowingDisk.of(paths).grow(workDiskMiB);
  }

  @Override
  public Optional<String> workDiskGrowth(VmPaths paths) {
    return GrowingDisk.of(paths).toDo();
  }

  @Override
  public void workDiskGrown(VmPaths paths) {
    GrowingDisk.of(paths).done();
  }

  @Override
  public void workDiskNotGrown(VmPaths paths, String why) {
    GrowingDisk.of(paths).failed(why);
  }

  @Override
  public void writeInitrd(Image image, VmPaths paths, List<EarlyFile> earlyFiles) {
    VmInitrd.write(image.initrd(), paths.initrd(), earlyFiles);
  }

  @Override
  public List<Disk> disks(VmPaths paths) {
    return List.of(
        root(paths).disk(paths),
        new Disk("work", paths.workDisk(), Disk.Format.RAW, false),
        new Disk("agent", agentDisk, Disk.Format.RAW, true));
  }

  @Override
  public Path agentDisk() {
    return agentDisk;
  }

  /** The kind of root disk that a driver's VMs would get now, and its name. */
  public String kindFor(Set<Disk.Format> formats) {
    return roots.pick(formats).name();
  }

  /** The option {@code vm.root_disk}. */
  public String wanted() {
    return roots.wanted();
  }

  /** What each kind says of itself, in one line, found out anew. */
  public String reasons() {
    roots.inOrder().forEach(RootDiskStrategy::forget);
    return RootDisks.reasons(roots.inOrder());
  }

  private RootDiskStrategy root(VmPaths paths) {
    return roots
        .of(paths)
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.HOST,
                    "the VM has lost its root disk: there is none in " + paths.dir(),
                    "banger rm --force deletes the VM"));
  }
}
