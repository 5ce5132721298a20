package dev.banger.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the superblock of an ext4 file system says of its size; layout of the kernel's {@code
 * fs/ext4/ext4.h}.
 *
 * @param blocks how many it has
 * @param hasErrors whether the kernel has noted that something in it is wrong
 * @param isWide whether its blocks have numbers of 64 bits
 */
record Ext4Superblock(int blockSize, long blocks, boolean hasErrors, boolean isWide) {
  /** Where it begins on the disk, and how long it is. */
  static final int OFFSET = 1024;

  static final int LENGTH = 1024;

  private static final int BLOCKS_LOW = 0x4;
  private static final int LOG_BLOCK_SIZE = 0x18;
  private static final int MAGIC_AT = 0x38;
  private static final int STATE = 0x3A;
  private static final int INCOMPATIBLE = 0x60;
  private static final int BLOCKS_HIGH = 0x150;
  private static final int MAGIC = 0xEF53;
  private static final int ERRORS = 2;
  private static final int WIDE = 0x80;
  private static final int SMALLEST_BLOCK = 1024;
  private static final int MOST_LOG = 6;
  private static final long MOST_NARROW_BLOCKS = 0xFFFF_FFFFL;

  /**
   * @throws IOException when it is none
   */
  static Ext4Superblock of(byte[] bytes) throws IOException {
    ByteBuffer block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int log = block.getInt(LOG_BLOCK_SIZE);
    if (Short.toUnsignedInt(block.getShort(MAGIC_AT)) != MAGIC || log < 0 || log > MOST_LOG) {
      throw new IOException("there is no ext4 file system on it");
    }
    boolean isWide = (block.getInt(INCOMPATIBLE) & WIDE) != 0;
    long high = isWide ? Integer.toUnsignedLong(block.getInt(BLOCKS_HIGH)) : 0;
    return new Ext4Superblock(
        SMALLEST_BLOCK << log,
        high << 32 | Integer.toUnsignedLong(block.getInt(BLOCKS_LOW)),
        (block.getShort(STATE) & ERRORS) != 0,
        isWide);
  }

  /** How many whole blocks it could have on a disk of that size. */
  long blocksOn(long diskBytes) {
    long most = diskBytes / blockSize;
    return isWide ? most : Math.min(most, MOST_NARROW_BLOCKS);
  }
}
