package dev.banger.protocol;

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
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The C library calls that a vsock takes; Java has no such sockets. Whoever calls holds on to its
 * thread, a platform thread for preference. The numbers are those of Linux's {@code
 * linux/vm_sockets.h} on x86-64.
 */
@SuppressWarnings("restricted") // every call is to the C library, with the types of its headers
public final class Vsock {
  private static final int ANY = -1;
  public static final int LOCAL = 1;
  public static final int HOST = 2;

  private static final int AF_VSOCK = 40;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SO_VM_SOCKETS_CONNECT_TIMEOUT = 6;
  private static final int SHUT_RDWR = 2;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int EINTR = 4;
  private static final int EADDRINUSE = 98;
  private static final int ECONNABORTED = 103;

  /** From 1 on. */
  private static final int RESERVED_PORTS = 1023;

  private static final int BACKLOG = 8;

  /** sizeof(struct sockaddr_vm), and where port and CID are in it. */
  private static final int ADDRESS_BYTES = 16;

  private static final int PORT_AT = 4;
  private static final int CID_AT = 8;
  private static final int TIMEVAL_BYTES = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      call("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CONNECT =
      call("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle LISTEN =
      call("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      call("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACCEPT =
      call("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      call(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECV =
      call("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SEND =
      call("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private Vsock() {}

  /** Who has connected. */
  public record Peer(int fd, int cid, int port) {}

  /** A socket that listens on that port, for whatever address the guest has. */
  public static int listen(int port) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = socket();
      boolean done = false;
      try {
        MemorySegment address = address(arena, ANY, port);
        insist((int) BIND.invokeExact(state, fd, address, ADDRESS_BYTES), "bind", state);
        insist((int) LISTEN.invokeExact(state, fd, BACKLOG), "listen", state);
        done = true;
        return fd;
      } finally {
        if (!done) {
          close(fd);
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Waits for the next one to connect. */
  public static Peer accept(int listener) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
      MemorySegment length = arena.allocate(JAVA_INT);
      while (true) {
        length.set(JAVA_INT, 0, ADDRESS_BYTES);
        int fd = (int) ACCEPT.invokeExact(state, listener, address, length, SOCK_CLOEXEC);
        if (fd >= 0) {
          return new Peer(fd, address.get(JAVA_INT, CID_AT), address.get(JAVA_INT, PORT_AT));
        }
        int errno = errno(state);
        if (errno != EINTR && errno != ECONNABORTED) {
          throw failed("accept", errno);
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /**
   * Connects.
   *
   * @param limit how long it may take, at least a millisecond
   */
  public static int connect(int cid, int port, Duration limit) throws IOException {
    return connect(Vsock::socket, cid, port, limit);
  }

  /** The same from a port that the kernel gives to nobody but root. */
  public static int connectReserved(int cid, int port, Duration limit) throws IOException {
    return connect(Vsock::bindReserved, cid, port, limit);
  }

  private interface Source {
    int open() throws IOException;
  }

  private static int connect(Source source, int cid, int port, Duration limit) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = source.open();
      boolean done = false;
      try {
        MemorySegment timeout = arena.allocate(TIMEVAL_BYTES, 8);
        timeout.set(JAVA_LONG, 0, limit.toSeconds());
        timeout.set(JAVA_LONG, 8, Math.max(1000L, limit.toNanosPart() / 1000L));
        int set =
            (int)
                SETSOCKOPT.invokeExact(
                    state, fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, timeout, TIMEVAL_BYTES);
        insist(set, "setsockopt", state);
        MemorySegment address = address(arena, cid, port);
        insist((int) CONNECT.invokeExact(state, fd, address, ADDRESS_BYTES), "connect", state);
        done = true;
        return fd;
      } finally {
        if (!done) {
          close(fd);
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** A socket that has a port of its own, one that only root can have. */
  public static int bindReserved() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = socket();
      boolean done = false;
      try {
        int first = ThreadLocalRandom.current().nextInt(RESERVED_PORTS);
        int result = -1;
        for (int i = 0; i < RESERVED_PORTS && result < 0; i++) {
          int port = 1 + (first + i) % RESERVED_PORTS;
          MemorySegment address = address(arena, ANY, port);
          result = (int) BIND.invokeExact(state, fd, address, ADDRESS_BYTES);
          if (result < 0 && errno(state) != EADDRINUSE) {
            throw failed("bind to port " + port, errno(state));
          }
        }
        insist(result, "bind", state);
        done = true;
        return fd;
      } finally {
        if (!done) {
          close(fd);
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** The bytes read, 0 at the end. */
  public static int read(int fd, MemorySegment buffer) throws IOException {
    return transfer(RECV, "recv", fd, buffer, 0);
  }

  /** The bytes written. */
  public static int write(int fd, MemorySegment buffer) throws IOException {
    return transfer(SEND, "send", fd, buffer, MSG_NOSIGNAL);
  }

  /** Ends the connection, and with it whoever waits in a call; the descriptor stays. */
  public static void shutdown(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) SHUTDOWN.invokeExact(arena.allocate(STATE), fd, SHUT_RDWR);
      assert ignored <= 0; // the other side may have ended it already
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  public static void close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
      assert ignored <= 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static int socket() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int fd = (int) SOCKET.invokeExact(state, AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
      insist(fd, "socket", state);
      return fd;
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static MemorySegment address(Arena arena, int cid, int port) {
    MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
    address.set(JAVA_SHORT, 0, (short) AF_VSOCK);
    address.set(JAVA_INT, PORT_AT, port);
    address.set(JAVA_INT, CID_AT, cid);
    return address;
  }

  private static int transfer(
      MethodHandle call, String name, int fd, MemorySegment buffer, int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      while (true) {
        long count = (long) call.invokeExact(state, fd, buffer, buffer.byteSize(), flags);
        if (count >= 0) {
          return (int) count;
        }
        int errno = errno(state);
        if (errno != EINTR) {
          throw failed(name, errno);
        }
      }
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static void insist(int result, String call, MemorySegment state) throws IOException {
    if (result < 0) {
      throw failed(call, errno(state));
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  private static IOException failed(String call, int errno) {
    return new IOException("vsock: " + call + " failed with error " + errno);
  }

  private static IOException rethrown(Throwable failure) {
    return failure instanceof IOException io ? io : new IOException(failure);
  }

  private static MethodHandle call(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }
}
