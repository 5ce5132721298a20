package dev.banger.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.protocol.GuestMessage.GrowReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkDiskTest {
  private static final long MIB = 1L << 20;
  private static final int WIDE = 0x80;
  private static final int CLEAN = 1;
  private static final int WITH_ERRORS = 3;

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    // log of the block size in KiB, blocks it has, bytes of the disk, blocks it could have there
    "2, 4096, 536870912, 131072",
    "2, 4096, 536870913, 131072",
    "2, 4096, 536875007, 131072",
    "0, 16384, 536870912, 524288",
    "2, 2147483648, 17592186044416, 4294967296",
    "2, 4096, 0, 0",
  })
  void blocksOfADiskAreCountedInWholeOnes(int log, long blocks, long bytes, long most)
      throws IOException {
    Ext4Superblock block = Ext4Superblock.of(superblock(log, blocks, CLEAN, WIDE));

    assertThat(block.blocks()).isEqualTo(blocks);
    assertThat(block.blockSize()).isEqualTo(1024 << log);
    assertThat(block.blocksOn(bytes)).isEqualTo(most);
  }

  @Test
  void narrowBlockNumbersEndAtFourBillion() throws IOException {
    Ext4Superblock block = Ext4Superblock.of(superblock(0, 4096, CLEAN, 0));

    assertThat(block.blocksOn(8L << 40)).isEqualTo(0xFFFF_FFFFL);
  }

  @Test
  void whatIsNoSuperblockIsRefused() {
    byte[] hugeBlocks = superblock(7, 4096, CLEAN, WIDE);
    byte[] negative = superblock(-1, 4096, CLEAN, WIDE);

    for (byte[] bytes : List.of(new byte[1024], hugeBlocks, negative)) {
      assertThatThrownBy(() -> Ext4Superblock.of(bytes))
          .isInstanceOf(IOException.class)
          .hasMessage("there is no ext4 file system on it");
    }
  }

  @Test
  void aDiskAsLargeAsItsFileSystemIsLeftAlone() throws Exception {
    guest("254:16", "/root", "ext4", 16 * MIB, superblock(2, 4096, CLEAN, WIDE));

    assertThat(grow()).isEqualTo(new GrowReport(16 * MIB, ""));
  }

  @Test
  void aFileSystemWithErrorsIsNotGrownAndTheRemarkSaysWhatMendsIt() throws Exception {
    guest("254:16", "/root", "ext4", 512 * MIB, superblock(2, 4096, WITH_ERRORS, WIDE));

    GrowReport report = grow();

    assertThat(report.bytes()).isEqualTo(16 * MIB);
    assertThat(report.remark()).contains("marked as having errors", "e2fsck -f /dev/vdb");
  }

  @Test
  void whatTheKernelRefusesIsARemark() throws Exception {
    // Below a directory in which no ext4 lies: nothing can be grown by it.
    guest("254:16", "/root", "ext4", 512 * MIB, superblock(2, 4096, CLEAN, WIDE));
    Files.delete(root.resolve("root"));
    Files.createSymbolicLink(root.resolve("root"), Path.of("/proc"));

    GrowReport report = grow();

    assertThat(report.bytes()).isEqualTo(16 * MIB);
    assertThat(report.remark()).contains("the kernel refused it (error ");
  }

  @Test
  void aMountThatCannotBeOpenedIsARemark() throws Exception {
    guest("254:16", "/gone", "ext4", 512 * MIB, superblock(2, 4096, CLEAN, WIDE));

    assertThat(grow().remark()).startsWith("cannot open ").endsWith("/gone");
  }

  @Test
  void anotherFileSystemIsLeftToItsOwnTools() throws Exception {
    guest("254:16", "/root", "xfs", 512 * MIB, new byte[1024]);

    assertThat(grow().remark()).isEqualTo("its file system is xfs, not ext4; grow it in the guest");
  }

  @Test
  void aDiskThatIsNotMountedIsARemark() throws Exception {
    guest("254:0", "/", "ext4", 512 * MIB, superblock(2, 4096, CLEAN, WIDE));

    assertThat(grow().remark()).isEqualTo("it is not mounted");
  }

  @Test
  void aGuestWithoutTheDiskIsARemark() throws Exception {
    assertThat(grow().remark()).contains("/sys/class/block/vdb/dev: no such file");
  }

  @Test
  void aMountIsFoundByItsNumbersWhateverOptionalFieldsItsLineHas() {
    List<String> lines =
        List.of(
            "",
            "21 1 254:0 / / rw - ext4 /dev/root rw",
            "22 21 254:16 / /root rw,noatime shared:1 master:2 - ext4 /dev/vdb rw",
            "23 21 254:160 / /other rw - xfs /dev/vdk rw",
            "24 21 254:32 / /cut rw -");

    assertThat(WorkDisk.mount(lines, "254:16")).isEqualTo(new WorkDisk.Mount("/root", "ext4"));
    assertThat(WorkDisk.mount(lines, "254:160").type()).isEqualTo("xfs");
    assertThat(WorkDisk.mount(lines, "254:32")).isNull();
    assertThat(WorkDisk.mount(lines, "254:1")).isNull();
  }

  private GrowReport grow() throws InterruptedException {
    return new WorkDisk(new Surroundings(root, "busybox"), 1).grow();
  }

  private void guest(String device, String point, String type, long bytes, byte[] superblock)
      throws IOException {
    write("sys/class/block/vdb/dev", "254:16\n");
    write("sys/class/block/vdb/size", bytes / 512 + "\n");
    write(
        "proc/self/mountinfo",
        "22 1 %s / %s rw,noatime shared:1 - %s /dev/vdb rw\n".formatted(device, point, type));
    Files.createDirectories(root.resolve("root"));
    Files.createDirectories(root.resolve("dev"));
    byte[] disk = new byte[2048];
    System.arraycopy(superblock, 0, disk, 1024, 1024);
    Files.write(root.resolve("dev/vdb"), disk);
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }

  private static byte[] superblock(int log, long blocks, int state, int incompatible) {
    ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0x4, (int) blocks);
    bytes.putInt(0x18, log);
    bytes.putShort(0x38, (short) 0xEF53);
    bytes.putShort(0x3A, (short) state);
    bytes.putInt(0x60, incompatible);
    bytes.putInt(0x150, (int) (blocks >>> 32));
    return bytes.array();
  }
}
