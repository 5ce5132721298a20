package dev.banger.core.host;

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
import java.nio.file.Path;

/**
 * The C library calls on files that the JDK has none for. Numbers are those of Linux on 64-bit
 * machines, where {@code off_t} has 64 bits.
 */
@SuppressWarnings("restricted") // every call is to the C library, with the types of its headers
final class FileCalls {
  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int ENXIO = 6;

  private static final int O_CLOEXEC = 0x80000;
  private static final long FICLONE = 0x40049409L;
  private static final int AT_FDCWD = -100;
  private static final int STATX_BLOCKS = 0x400;
  private static final long STATX_SIZE = 256;
  private static final long STATX_BLOCKS_AT = 48;

  /** Of {@code struct statfs}: its first word is the type, and no machine's is longer. */
  private static final long STATFS_SIZE = 256;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle LSEEK =
      handle("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
  private static final MethodHandle IOCTL =
      handle(
          "ioctl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle STATX =
      handle(
          "statx", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle STATFS =
      handle("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(symbol("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private FileCalls() {}

  /** A call that the kernel refused. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    Refused(int errno, String reason) {
      super(reason);
      this.errno = errno;
    }

    int errno() {
      return errno;
    }
  }

  static int open(Path file, int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment name = arena.allocateFrom(file.toString());
      return insist((int) OPEN.invokeExact(state, name, flags | O_CLOEXEC, 0), state);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
      assert ignored <= 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  static long seek(int fd, long offset, int whence) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long at = (long) LSEEK.invokeExact(state, fd, offset, whence);
      insist(at < 0 ? -1 : 0, state);
      return at;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void clone(int from, int to) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      insist((int) IOCTL.invokeExact(state, to, FICLONE, (long) from), state);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static long allocatedBytes(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment name = arena.allocateFrom(file.toString());
      MemorySegment stat = arena.allocate(STATX_SIZE, 8);
      insist((int) STATX.invokeExact(state, AT_FDCWD, name, 0, STATX_BLOCKS, stat), state);
      return stat.get(JAVA_LONG, STATX_BLOCKS_AT) * 512;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The magic number of the file system, as in {@code linux/magic.h}. */
  static long fileSystem(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment name = arena.allocateFrom(path.toString());
      MemorySegment stat = arena.allocate(STATFS_SIZE, 8);
      insist((int) STATFS.invokeExact(state, name, stat), state);
      return stat.get(JAVA_LONG, 0) & 0xffff_ffffL;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static int insist(int result, MemorySegment state) throws Throwable {
    if (result >= 0) {
      return result;
    }
    int errno = (int) ERRNO.get(state, 0L);
    MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
    throw new Refused(errno, text.reinterpret(256).getString(0));
  }

  private static IOException rethrown(Throwable failure) {
    return failure instanceof IOException io ? io : new IOException(failure);
  }

  private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... more) {
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = CAPTURE;
    System.arraycopy(more, 0, options, 1, more.length);
    return LINKER.downcallHandle(symbol(name), type, options);
  }

  private static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }
}
