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

/**
 * The C library calls that a pseudo-terminal takes. The only user of the foreign function interface
 * here, because setting it up takes long under emulation: loaded with the first terminal.
 */
@SuppressWarnings("restricted") // every call is to the C library, with the types of its headers
final class LibC {
  static final int POLLIN = 1;
  static final int POLLOUT = 4;

  /** Nothing can be read or written just now. */
  static final int AGAIN = -2;

  private static final int O_RDWR = 2;
  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final long TIOCSWINSZ = 0x5414;
  private static final int SIGHUP = 1;
  private static final int SIGINT = 2;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int NAME_LENGTH = 64;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPENPT =
      plain("posix_openpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle GRANTPT =
      plain("grantpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle UNLOCKPT =
      plain("unlockpt", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle PTSNAME =
      plain("ptsname_r", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle OPEN =
      plain("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      plain("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle POLL =
      plain("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SIGNAL =
      plain("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
  private static final MethodHandle IOCTL =
      LINKER.downcallHandle(
          symbol("ioctl"),
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle READ = transfer("read");
  private static final MethodHandle WRITE = transfer("write");

  private LibC() {}

  /** Does not block. */
  static int openTerminal() throws IOException {
    return openTerminal(O_NONBLOCK);
  }

  /** For others, who may wait. */
  static int openBlockingTerminal() throws IOException {
    return openTerminal(0);
  }

  private static int openTerminal(int flag) throws IOException {
    try {
      return insist((int) OPENPT.invokeExact(O_RDWR | O_NOCTTY | O_CLOEXEC | flag), "posix_openpt");
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Returns the path of the other side. */
  static String unlockTerminal(int fd) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      insist((int) GRANTPT.invokeExact(fd), "grantpt");
      insist((int) UNLOCKPT.invokeExact(fd), "unlockpt");
      MemorySegment name = arena.allocate(NAME_LENGTH);
      if ((int) PTSNAME.invokeExact(fd, name, (long) NAME_LENGTH) != 0) {
        throw new IOException("ptsname_r failed");
      }
      return name.getString(0);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Opens the other side without making it the controlling terminal of the agent. */
  static int openSlave(String path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(path);
      return insist((int) OPEN.invokeExact(name, O_RDWR | O_NOCTTY | O_CLOEXEC), "open " + path);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  static void resizeTerminal(int fd, int rows, int columns) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(8, 2);
      size.set(JAVA_SHORT, 0, (short) rows);
      size.set(JAVA_SHORT, 2, (short) columns);
      insist((int) IOCTL.invokeExact(fd, TIOCSWINSZ, size), "TIOCSWINSZ");
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Whether one of the events, an error or a hang-up came within that time. */
  static boolean poll(int fd, int events, int millis) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment poll = arena.allocate(8, 4);
      poll.set(JAVA_INT, 0, fd);
      poll.set(JAVA_SHORT, 4, (short) events);
      return (int) POLL.invokeExact(poll, 1L, millis) > 0;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The bytes read, 0 at the end, -1 when the other side is gone, {@link #AGAIN}. */
  static int read(int fd, MemorySegment buffer) throws IOException {
    return transfer(READ, fd, buffer);
  }

  /** The bytes written, -1 when the other side is gone, {@link #AGAIN}. */
  static int write(int fd, MemorySegment buffer) throws IOException {
    return transfer(WRITE, fd, buffer);
  }

  static void close(int fd) {
    try {
      int ignored = (int) CLOSE.invokeExact(fd);
      assert ignored <= 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The agent's supervisor ignores these, a shell cannot undo that, and what is started would
   * inherit it: control-C would do nothing.
   */
  static void heedSignals() throws IOException {
    try {
      MemorySegment ignored = (MemorySegment) SIGNAL.invokeExact(SIGHUP, MemorySegment.NULL);
      ignored = (MemorySegment) SIGNAL.invokeExact(SIGINT, MemorySegment.NULL);
      assert ignored != null;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static int transfer(MethodHandle call, int fd, MemorySegment buffer) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long count = (long) call.invokeExact(state, fd, buffer, buffer.byteSize());
      if (count >= 0) {
        return (int) count;
      }
      int errno = (int) ERRNO.get(state, 0L);
      return errno == EAGAIN || errno == EINTR ? AGAIN : -1;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static int insist(int result, String call) throws IOException {
    if (result < 0) {
      throw new IOException(call + " failed");
    }
    return result;
  }

  private static IOException rethrown(Throwable failure) {
    return failure instanceof IOException io ? io : new IOException(failure);
  }

  private static MethodHandle transfer(String name) {
    return LINKER.downcallHandle(
        symbol(name), FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), CAPTURE);
  }

  private static MethodHandle plain(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(symbol(name), type);
  }

  private static MemorySegment symbol(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }
}
