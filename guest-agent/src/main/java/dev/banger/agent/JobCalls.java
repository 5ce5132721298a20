package dev.banger.agent;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

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

/** The C library calls that jobs take: loaded with the first job, for the same reason as LibC. */
@SuppressWarnings("restricted") // every call is to the C library, with the types of its headers
final class JobCalls {
  static final int READ = 0;
  static final int WRITE = 1;

  /** Of {@link #splice}: this file system does not take part. */
  static final int UNABLE = -3;

  /** There is no room on the disk. */
  static final int FULL = -4;

  /** Anything else. */
  static final int FAILED = -5;

  private static final int O_CREAT = 0x40;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int O_NOFOLLOW = 0x20000;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;
  private static final int ENOSYS = 38;
  private static final int EDQUOT = 122;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final long FIONREAD = 0x541b;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle MKFIFO =
      plain("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle OPEN =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("open"),
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("ioctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle EVENTFD =
      plain("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle POLL =
      plain("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle KILL =
      plain("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle DUP2 =
      plain("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SPLICE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("splice"),
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          CAPTURE);
  private static final MethodHandle PWRITE =
      LINKER.downcallHandle(
          LINKER.defaultLookup().findOrThrow("pwrite"),
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG),
          CAPTURE);

  private JobCalls() {}

  static void makeFifo(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      insist((int) MKFIFO.invokeExact(arena.allocateFrom(path.toString()), 0600), "mkfifo", path);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /**
   * Opens a FIFO without waiting for the other side.
   *
   * @return -1 when there is none, or nobody reads what would be written
   */
  static int openFifo(Path path, int way) throws IOException {
    return open(path, way | O_NONBLOCK | O_NOFOLLOW);
  }

  /** The other side of a terminal, without making it the agent's own. */
  static int openTerminal(String path) throws IOException {
    return open(Path.of(path), 2 | O_NONBLOCK | O_NOCTTY);
  }

  /** Opens a file for writing, made if missing. */
  static int openFile(Path path) throws IOException {
    int fd = open(path, WRITE | O_CREAT | O_NOFOLLOW);
    insist(fd, "open", path);
    return fd;
  }

  private static int open(Path path, int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return (int) OPEN.invokeExact(arena.allocateFrom(path.toString()), flags | O_CLOEXEC, 0600);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** What {@link #ring} makes readable. */
  static int openBell() throws IOException {
    try {
      int fd = (int) EVENTFD.invokeExact(0, O_NONBLOCK | O_CLOEXEC);
      insist(fd, "eventfd", null);
      return fd;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void ring(int bell) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(JAVA_LONG);
      one.set(JAVA_LONG, 0, 1);
      int ignored = LibC.write(bell, one); // a full counter has rung already
      assert ignored != 0;
    }
  }

  /**
   * Waits for the first {@code count} entries of an array of struct pollfd.
   *
   * @param millis at most; negative for ever
   */
  static void poll(MemorySegment entries, int count, int millis) throws IOException {
    try {
      int ignored = (int) POLL.invokeExact(entries, (long) count, millis);
      assert ignored >= -1; // an interrupted wait looks as one in which nothing came
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void entry(MemorySegment entries, int index, int fd) {
    entries.set(JAVA_INT, 8L * index, fd);
    entries.set(JAVA_SHORT, 8L * index + 4, (short) LibC.POLLIN);
    entries.set(JAVA_SHORT, 8L * index + 6, (short) 0);
  }

  /** Whether an entry is readable, at its end, or wrong. */
  static boolean isReady(MemorySegment entries, int index) {
    return entries.get(JAVA_SHORT, 8L * index + 6) != 0;
  }

  /**
   * Moves bytes from a FIFO to a position of a file, within the kernel.
   *
   * @return how many; 0 at the end; {@link LibC#AGAIN}, {@link #UNABLE}, {@link #FULL}, {@link
   *     #FAILED}
   */
  static long splice(int fifo, int file, long position, long most) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment offset = arena.allocate(JAVA_LONG);
      offset.set(JAVA_LONG, 0, position);
      long count =
          (long)
              SPLICE.invokeExact(
                  state, fifo, MemorySegment.NULL, file, offset, most, SPLICE_F_NONBLOCK);
      return count >= 0 ? count : failure(state);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** As {@link #splice}, with bytes of the agent's. */
  static long write(int file, MemorySegment bytes, long position) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long count = (long) PWRITE.invokeExact(state, file, bytes, bytes.byteSize(), position);
      return count >= 0 ? count : failure(state);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static long failure(MemorySegment state) {
    return switch ((int) ERRNO.get(state, 0L)) {
      case EAGAIN, EINTR -> LibC.AGAIN;
      case EINVAL, ENOSYS -> UNABLE;
      case ENOSPC, EDQUOT -> FULL;
      default -> FAILED;
    };
  }

  /** How many bytes are in a FIFO. */
  static int waiting(int fifo) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      insist((int) IOCTL.invokeExact(fifo, FIONREAD, count), "FIONREAD", null);
      return count.get(JAVA_INT, 0);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** False when there is nobody of that number; a negative one is a process group. */
  static boolean kill(long target, int signal) throws IOException {
    try {
      return (int) KILL.invokeExact((int) target, signal) == 0;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void duplicate(int fd, int as) throws IOException {
    try {
      insist((int) DUP2.invokeExact(fd, as), "dup2", null);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static void insist(int result, String call, Path path) throws IOException {
    if (result < 0) {
      throw new IOException(path == null ? call + " failed" : call + " " + path + " failed");
    }
  }

  private static IOException rethrown(Throwable failure) {
    return failure instanceof IOException io ? io : new IOException(failure);
  }

  private static MethodHandle plain(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }
}
