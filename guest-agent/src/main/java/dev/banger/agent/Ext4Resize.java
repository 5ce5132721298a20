package dev.banger.agent;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Grows a mounted ext4 file system. Apart from {@link LibC} because it is needed once in the life
 * of a disk, and each call that is set up takes long under emulation.
 */
@SuppressWarnings("restricted") // every call is to the C library, with the types of its headers
final class Ext4Resize {
  /** {@code _IOW('f', 16, __u64)}: of linux/ext4.h. */
  static final long EXT4_IOC_RESIZE_FS = 0x40086610L;

  private static final int O_RDONLY = 0;
  private static final int O_CLOEXEC = 0x80000;
  private static final int EPERM = 1;
  private static final int EIO = 5;
  private static final int EBUSY = 16;
  private static final int ENOSPC = 28;
  private static final int EROFS = 30;
  private static final int EOPNOTSUPP = 95;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          symbol("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      LINKER.downcallHandle(symbol("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle IOCTL =
      LINKER.downcallHandle(
          symbol("ioctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));

  private Ext4Resize() {}

  /**
   * @param directory of the file system
   * @param blocks how many it is to have
   * @return 0, or the error's number
   */
  static int to(String directory, long blocks) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(arena.allocateFrom(directory), O_RDONLY | O_CLOEXEC);
      if (fd < 0) {
        throw new IOException("cannot open " + directory);
      }
      MemorySegment state = arena.allocate(STATE);
      int result =
          (int)
              IOCTL.invokeExact(
                  state, fd, EXT4_IOC_RESIZE_FS, arena.allocateFrom(JAVA_LONG, blocks));
      int error = result < 0 ? (int) ERRNO.get(state, 0L) : 0;
      int ignored = (int) CLOSE.invokeExact(fd);
      assert ignored <= 0;
      return error;
    } catch (Throwable e) {
      throw e instanceof IOException io ? io : new IOException(e);
    }
  }

  /** What an error's number means here. */
  static String words(int error) {
    return switch (error) {
      case EPERM ->
          "the kernel refused it, as it does when the file system has errors;"
              + " in the guest: umount /root && e2fsck -f /dev/vdb; then restart the VM";
      case EROFS ->
          "it is mounted read-only, as after an error;"
              + " in the guest: umount /root && e2fsck -f /dev/vdb; then restart the VM";
      case EBUSY -> "it is being grown already";
      case EIO -> "the disk reported an error; is the host's full?";
      case ENOSPC -> "there is no room in it for what describes a larger one";
      case EOPNOTSUPP -> "it was made in a way that its kernel cannot grow while in use";
      default -> "the kernel refused it (error " + error + "); its console says more";
    };
  }

  private static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }
}
