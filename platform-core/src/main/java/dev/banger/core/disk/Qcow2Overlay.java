package dev.banger.core.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes an empty qcow2 (version 3) overlay over a raw file: nothing is allocated, every read falls
 * through. Format: {@code docs/interop/qcow2.txt} of QEMU.
 *
 * <p>Written here rather than by qemu-img: it saves a process on the way of every create and a
 * package on the host.
 */
final class Qcow2Overlay {
  private static final int CLUSTER_BITS = 16;
  private static final int CLUSTER = 1 << CLUSTER_BITS;
  private static final int HEADER_LENGTH = 104;
  private static final int BACKING_FORMAT_EXTENSION = 0xE2792ACA;
  private static final int MAX_BACKING_NAME = 1023;

  /** One L1 entry covers a cluster full of 8-byte L2 entries, each one cluster of the disk. */
  private static final long BYTES_PER_L1_ENTRY = (long) CLUSTER / 8 * CLUSTER;

  /** What an L1 table of one cluster can address: 4 TiB. */
  static final long MAX_BYTES = CLUSTER / 8 * BYTES_PER_L1_ENTRY;

  private Qcow2Overlay() {}

  /**
   * @param out an empty file
   * @param backing absolute path of a raw file
   * @param bytes virtual size, a multiple of 512
   */
  static void write(FileChannel out, Path backing, long bytes) throws IOException {
    byte[] name = backing.toString().getBytes(StandardCharsets.UTF_8);
    if (name.length > MAX_BACKING_NAME) {
      throw new IOException(
          "the path of the image's root file system is %d bytes long, qcow2 allows %d"
              .formatted(name.length, MAX_BACKING_NAME));
    }
    byte[] format = "raw".getBytes(StandardCharsets.US_ASCII);
    int extensions = 8 + round8(format.length) + 8;

    // Clusters: 0 header, 1 refcount table, 2 refcount block, 3 L1 table.
    ByteBuffer header = ByteBuffer.allocate(CLUSTER);
    header.putInt(0x514649fb).putInt(3);
    header.putLong(HEADER_LENGTH + extensions).putInt(name.length);
    header.putInt(CLUSTER_BITS).putLong(bytes);
    header.putInt(0); // no encryption
    header.putInt((int) ((bytes + BYTES_PER_L1_ENTRY - 1) / BYTES_PER_L1_ENTRY));
    header.putLong(3L * CLUSTER); // L1 table
    header.putLong(CLUSTER).putInt(1); // refcount table, in clusters
    header.putInt(0).putLong(0); // no snapshots
    header.putLong(0).putLong(0).putLong(0); // features: incompatible, compatible, autoclear
    header.putInt(4).putInt(HEADER_LENGTH); // refcounts of 2^4 bits
    header.putInt(BACKING_FORMAT_EXTENSION).putInt(format.length).put(format);
    header.position(HEADER_LENGTH + 8 + round8(format.length));
    header.putInt(0).putInt(0); // end of extensions
    header.put(name);
    header.flip();

    ByteBuffer refcountTable = ByteBuffer.allocate(8).putLong(2L * CLUSTER).flip();
    ByteBuffer refcounts = ByteBuffer.allocate(8);
    for (int cluster = 0; cluster < 4; cluster++) {
      refcounts.putShort((short) 1);
    }
    refcounts.flip();

    writeFully(out, header, 0);
    writeFully(out, refcountTable, CLUSTER);
    writeFully(out, refcounts, 2L * CLUSTER);
    // The L1 table is all zeros; its last byte makes the file as long as it says.
    writeFully(out, ByteBuffer.allocate(1), 4L * CLUSTER - 1);
  }

  private static int round8(int length) {
    return (length + 7) & ~7;
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes, long at) throws IOException {
    long position = at;
    while (bytes.hasRemaining()) {
      position += out.write(bytes, position);
    }
  }
}
