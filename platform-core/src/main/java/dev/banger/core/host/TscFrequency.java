package dev.banger.core.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How fast this host's time stamp counter counts, in kHz.
 *
 * <p>The kernel knows but tells only root (in its log). {@code cpu MHz} of {@code /proc/cpuinfo} is
 * the momentary core clock on real hardware, which is something else. So it is measured: the
 * counter is read, by a four-instruction routine put into executable memory, against the monotonic
 * clock.
 */
public final class TscFrequency {
  private static final Logger LOG = LoggerFactory.getLogger(TscFrequency.class);

  /** rdtsc; shl rdx,32; or rax,rdx; ret: the System V ABI returns a long in rax. */
  private static final byte[] READ_TSC = {
    0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 0x20, 0x48, 0x09, (byte) 0xd0, (byte) 0xc3
  };

  private static final long WINDOW_NANOS = 5_000_000;
  private static final int WINDOWS = 5;
  private static final long PAGE = 4096;

  // From <sys/mman.h>, the same on every x86-64 Linux.
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_ANONYMOUS = 0x20;

  private TscFrequency() {}

  /** Once per process. */
  private static final class Measured {
    static final OptionalLong KHZ = measureOrGuess();
  }

  /**
   * The frequency in kHz, good to about 0.01 %; empty where there is no such counter. Takes about
   * 25 ms the first time.
   */
  public static OptionalLong khz() {
    return Measured.KHZ;
  }

  private static OptionalLong measureOrGuess() {
    if (!System.getProperty("os.arch").equals("amd64")) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(measure());
    } catch (Throwable e) {
      // A host may forbid executable memory. A rough figure still lets a guest boot.
      LOG.debug("cannot read the time stamp counter", e);
      return fromCpuInfo(Path.of("/proc/cpuinfo"));
    }
  }

  static OptionalLong fromCpuInfo(Path file) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("cpu MHz"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .filter(text -> text.matches("[0-9]{1,6}(\\.[0-9]{1,6})?"))
          .mapToLong(text -> Math.round(Double.parseDouble(text) * 1000))
          .findFirst();
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  @SuppressWarnings("restricted") // Machine code of our own: ten bytes, no arguments, no memory.
  private static long measure() throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle mmap =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG));
    MethodHandle mprotect =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mprotect"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    MethodHandle munmap =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("munmap"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    MemorySegment page =
        (MemorySegment)
            mmap.invokeExact(
                MemorySegment.NULL,
                PAGE,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS,
                -1,
                0L);
    if (page.address() == -1L) {
      throw new IOException("mmap failed");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = page.reinterpret(PAGE, arena, null);
      MemorySegment.copy(READ_TSC, 0, code, ValueLayout.JAVA_BYTE, 0, READ_TSC.length);
      if ((int) mprotect.invokeExact(page, PAGE, PROT_READ | PROT_EXEC) != 0) {
        throw new IOException("mprotect failed");
      }
      MethodHandle readTsc =
          linker.downcallHandle(page, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
      return medianKhz(readTsc);
    } finally {
      int ignored = (int) munmap.invokeExact(page, PAGE);
    }
  }

  private static long medianKhz(MethodHandle readTsc) throws Throwable {
    long[] khz = new long[WINDOWS];
    // The first calls go through code that is not compiled yet.
    for (int i = 0; i < 100; i++) {
      long ignored = (long) readTsc.invokeExact() + System.nanoTime();
    }
    for (int i = 0; i < WINDOWS; i++) {
      Sample from = sample(readTsc);
      Sample to = from;
      while (to.nanos - from.nanos < WINDOW_NANOS) {
        Thread.sleep(1);
        to = sample(readTsc);
      }
      khz[i] = Math.round((to.ticks - from.ticks) * 1e6 / (to.nanos - from.nanos));
    }
    // Being descheduled between the two clocks of a sample spoils that window only.
    Arrays.sort(khz);
    return khz[WINDOWS / 2];
  }

  private record Sample(long ticks, long nanos) {}

  /** Of three tries the one in which both clocks were read closest together. */
  private static Sample sample(MethodHandle readTsc) throws Throwable {
    Sample best = null;
    long narrowest = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long before = System.nanoTime();
      long ticks = (long) readTsc.invokeExact();
      long after = System.nanoTime();
      if (after - before < narrowest) {
        narrowest = after - before;
        best = new Sample(ticks, before + (after - before) / 2);
      }
    }
    return best;
  }
}
