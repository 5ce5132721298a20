package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The disk at {@code /root}: a sparse raw file with an empty ext4 file system. */
record WorkDisk(Commands commands) {
  private static final String WHAT = "work disk";
  private static final long LEAST_MIB = 16;

  /**
   * Blocks as those of large disks, also in a small one, as it may become large. With the
   * descriptors that mkfs sets aside it grows to 1024 times its size in its own layout; beyond that
   * the guest's kernel changes to another (meta_bg) by itself.
   */
  private static List<String> command(Path file, long mib) {
    List<String> argv = new ArrayList<>(Ext4.command(file, mib, "banger-work", Optional.empty()));
    argv.addAll(1, List.of("-b", "4096"));
    return argv;
  }

  void create(Path disk, long mib, Duration deadline) {
    if (mib < LEAST_MIB) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the work disk must be at least %d MiB, got %d MiB".formatted(LEAST_MIB, mib));
    }
    NewFile.make(
        WHAT,
        disk,
        file -> {
          try {
            commands.check(Commands.Call.of(deadline, command(file, mib)));
          } catch (BangerException e) {
            throw DiskFailures.tool(WHAT, file, e);
          } catch (InterruptedException e) {
            throw DiskFailures.interrupted(WHAT, e);
          }
        });
  }
}
