package dev.banger.core.disk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How banger calls mkfs.ext4. */
public final class Ext4 {
  private Ext4() {}

  /**
   * The command that makes an ext4 file system in {@code file}, root directory root:root 0755. The
   * file is made, or kept and grown to {@code sizeMiB} when it is there; it stays sparse.
   *
   * @param tree what to put into it; owners are taken as the command sees them
   */
  public static List<String> command(Path file, long sizeMiB, String label, Optional<Path> tree) {
    List<String> argv = new ArrayList<>(List.of("mkfs.ext4", "-q", "-F", "-L", label, "-m", "1"));
    // A new file reads as zeros. Saying so leaves the inode tables and the journal unwritten here
    // and, unlike lazy initialisation, in the guest too: no kernel thread fills the disk with
    // zeros.
    argv.addAll(List.of("-E", "root_owner=0:0,assume_storage_prezeroed=1"));
    // Guests with kernels before 5.15 would refuse to write to it.
    argv.addAll(List.of("-O", "^orphan_file,^metadata_csum_seed"));
    tree.ifPresent(dir -> argv.addAll(List.of("-d", dir.toString())));
    argv.add(file.toString());
    argv.add(sizeMiB + "M");
    return argv;
  }
}
