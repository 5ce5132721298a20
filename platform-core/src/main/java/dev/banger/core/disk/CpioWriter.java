package dev.banger.core.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a cpio archive in the "new ASCII" format that the kernel unpacks as an initramfs.
 *
 * <p>Everything belongs to root and is dated 1970, so that equal input gives equal bytes. The
 * archive is padded to 512 bytes: another one may follow it in the same file.
 */
public final class CpioWriter implements Closeable {
  private static final int BLOCK = 512;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final long MAX_FILE = 0xffff_ffffL;

  private final OutputStream out;
  private long written;
  private int inode;

  /**
   * @param out is left open by {@link #close}
   */
  public CpioWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * @param name without a leading slash
   * @param mode permission bits
   */
  public void directory(String name, int mode) throws IOException {
    header(name, DIRECTORY | mode, 2, 0, 0, 0);
  }

  public void file(String name, int mode, byte[] content) throws IOException {
    header(name, REGULAR | mode, 1, content.length, 0, 0);
    write(content);
    align(4);
  }

  /** Copies a file of the host. It must not change meanwhile. */
  public void file(String name, int mode, Path content) throws IOException {
    long size = Files.size(content);
    if (size > MAX_FILE) {
      throw new IOException(content + " is too large for a cpio archive: " + size + " bytes");
    }
    header(name, REGULAR | mode, 1, size, 0, 0);
    long copied = Files.copy(content, out);
    written += copied;
    if (copied != size) {
      throw new IOException(content + " changed from " + size + " to " + copied + " bytes");
    }
    align(4);
  }

  public void characterDevice(String name, int mode, int major, int minor) throws IOException {
    header(name, CHARACTER_DEVICE | mode, 1, 0, major, minor);
  }

  /** Ends the archive. */
  @Override
  public void close() throws IOException {
    inode = -1;
    header("TRAILER!!!", 0, 1, 0, 0, 0);
    align(BLOCK);
    out.flush();
  }

  private void header(String name, int mode, int links, long size, int major, int minor)
      throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    inode++;
    // magic, ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor,
    // namesize (with its NUL), check: see "Newc" in the kernel's initramfs buffer format document.
    String head =
        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
            .formatted(inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, bytes.length + 1, 0);
    write(head.getBytes(StandardCharsets.US_ASCII));
    write(bytes);
    write(new byte[1]);
    align(4);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    written += bytes.length;
  }

  private void align(int to) throws IOException {
    write(new byte[(int) (-written & (to - 1))]);
  }
}
