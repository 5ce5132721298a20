package dev.banger.agent;

import dev.banger.protocol.GuestMessage.GrowReport;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The disk at {@code /root}. The host can make it larger, but does not touch the file system on it;
 * that is grown from here, while it is mounted.
 */
final class WorkDisk {
  private static final String DISK = "vdb";
  private static final long SECTOR = 512;

  /** The agent is there before the disk is mounted. */
  private static final int MOUNT_TRIES = 200;

  private static final long BETWEEN_MILLIS = 100;

  private final Surroundings surroundings;
  private final int tries;

  WorkDisk(Surroundings surroundings) {
    this(surroundings, MOUNT_TRIES);
  }

  WorkDisk(Surroundings surroundings, int tries) {
    this.surroundings = surroundings;
    this.tries = tries;
  }

  /** Where it is mounted, and as what. */
  record Mount(String point, String type) {}

  /** What cannot be done is a remark and no failure: the guest is as good as before. */
  GrowReport grow() throws InterruptedException {
    try {
      Mount mount = awaitMount();
      if (mount == null) {
        return refused(0, "it is not mounted");
      }
      if (!mount.type().equals("ext4")) {
        return refused(
            0, "its file system is " + mount.type() + ", not ext4; grow it in the guest");
      }
      return grow(mount);
    } catch (IOException e) {
      return refused(0, Words.of(e));
    }
  }

  private GrowReport grow(Mount mount) throws IOException {
    Ext4Superblock now = superblock();
    long wanted = now.blocksOn(sizeBytes());
    long bytes = now.blocks() * now.blockSize();
    if (wanted <= now.blocks()) {
      return new GrowReport(bytes, "");
    }
    if (now.hasErrors()) {
      return refused(
          bytes,
          "its file system is marked as having errors, and such a one is not grown while in use;"
              + " in the guest: umount /root && e2fsck -f /dev/vdb; then restart the VM");
    }
    int error = Ext4Resize.to(surroundings.file(mount.point()).toString(), wanted);
    if (error != 0) {
      return refused(bytes, Ext4Resize.words(error));
    }
    return new GrowReport(wanted * now.blockSize(), "");
  }

  private static GrowReport refused(long bytes, String why) {
    return new GrowReport(bytes, Words.cut(why));
  }

  private Mount awaitMount() throws IOException, InterruptedException {
    String device =
        Files.readString(surroundings.file("/sys/class/block/" + DISK + "/dev")).strip();
    for (int i = 0; i < tries; i++) {
      Mount mount = mount(Files.readAllLines(surroundings.file("/proc/self/mountinfo")), device);
      if (mount != null) {
        return mount;
      }
      Thread.sleep(BETWEEN_MILLIS);
    }
    return null;
  }

  /**
   * Finds a device among the lines of {@code /proc/self/mountinfo}; see proc_pid_mountinfo(5).
   *
   * @param device major and minor number, {@code 254:16}
   * @return null when it is not mounted
   */
  static Mount mount(List<String> lines, String device) {
    for (String line : lines) {
      String[] words = line.split(" ");
      int dash = List.of(words).indexOf("-");
      if (dash > 4 && words.length > dash + 1 && words[2].equals(device)) {
        return new Mount(words[4], words[dash + 1]);
      }
    }
    return null;
  }

  private long sizeBytes() throws IOException {
    Path size = surroundings.file("/sys/class/block/" + DISK + "/size");
    return Long.parseLong(Files.readString(size).strip()) * SECTOR;
  }

  private Ext4Superblock superblock() throws IOException {
    try (FileChannel disk = FileChannel.open(surroundings.file("/dev/" + DISK))) {
      ByteBuffer bytes = ByteBuffer.allocate(Ext4Superblock.LENGTH);
      while (bytes.hasRemaining()) {
        if (disk.read(bytes, Ext4Superblock.OFFSET + bytes.position()) < 0) {
          throw new EOFException("the disk is too small for a file system");
        }
      }
      return Ext4Superblock.of(bytes.array());
    }
  }
}
