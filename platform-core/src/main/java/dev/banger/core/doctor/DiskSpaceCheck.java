package dev.banger.core.doctor;

import dev.banger.core.disk.DiskSpace;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Room for images and disks.
 *
 * @param data where they are, or will be
 * @param usableBytes asks the file system of an existing path
 */
record DiskSpaceCheck(Path data, ToLongFunction<Path> usableBytes) implements DoctorCheck {
  private static final long MIB = 1024L * 1024;

  /** A Debian image and a few VMs that have been worked in. */
  private static final long COMFORTABLE_MIB = 5 * 1024;

  /** Below this not even a small guest gets through its boot. */
  private static final long LEAST_MIB = 200;

  DiskSpaceCheck(Path data) {
    this(data, DiskSpace::freeBytes);
  }

  @Override
  public String id() {
    return "disk-space";
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.CREATE, Need.IMPORT);
  }

  @Override
  public Result run() {
    long mib = usableBytes.applyAsLong(CoreChecks.nearestExisting(data)) / MIB;
    String summary = "%.1f GiB free for %s".formatted(mib / 1024.0, data);
    String remedy = "make room (df -h %s), or delete VMs: banger vm list --all".formatted(data);
    if (mib < LEAST_MIB) {
      return Result.fail(summary + ", and 0.2 GiB is the least", remedy);
    }
    return mib < COMFORTABLE_MIB
        ? Result.warn(summary + ", and 5 GiB is comfortable", remedy)
        : Result.ok(summary);
  }
}
