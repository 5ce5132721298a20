package dev.banger.core.host;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.OptionalLong;

/**
 * What processes have used. Made to be asked often and of many: one read of a small file for each
 * answer. A process is named by pid and start time, so that one that took over a pid is not
 * believed.
 */
public final class ProcessMeter {
  /** Of what {@code /proc} counts CPU time in: USER_HZ, the same on all machines that KVM is on. */
  public static final int TICKS_PER_SECOND = 100;

  /** Instead of a number, where there is none. */
  public static final long UNKNOWN = -1;

  /** Room enough for {@code /proc/PID/stat}: its 52 numbers, and a name of at most 64 bytes. */
  public static final int BUFFER = 2048;

  /** Numbers of fields, see proc_pid_stat(5). */
  private static final int STATE = 3;

  private static final int USER_TICKS = 14;
  private static final int SYSTEM_TICKS = 15;
  private static final int THREADS = 20;
  private static final int START_TICKS = 22;

  /** Longer numbers might not fit, and no counter of ticks gets that far. */
  private static final int DIGITS = 18;

  private static final String RESIDENT = "VmRSS:";
  private static final int STATUS_BYTES = 8192;

  private final String proc;

  public ProcessMeter() {
    this("/proc");
  }

  /**
   * @param proc in place of {@code /proc}
   */
  public ProcessMeter(String proc) {
    this.proc = proc;
  }

  /**
   * The CPU time of all threads of a process since its start.
   *
   * @param buffer of {@link #BUFFER} bytes, for nobody else's use meanwhile
   * @return in ticks; {@link #UNKNOWN} when the process is gone, or another has its pid
   */
  public long cpuTicks(long pid, long startTicks, byte[] buffer) {
    int length = read(proc + "/" + pid + "/stat", buffer);
    // The command name stands in parentheses and may itself hold parentheses and spaces.
    int at = length;
    do {
      at--;
    } while (at >= 0 && buffer[at] != ')');
    if (at < 0) {
      return UNKNOWN;
    }
    at++;
    char state = ' ';
    long ticks = 0;
    long threads = 0;
    for (int field = STATE; field <= START_TICKS; field++) {
      while (at < length && buffer[at] == ' ') {
        at++;
      }
      int end = at;
      while (end < length && buffer[end] > ' ') {
        end++;
      }
      if (end == at) {
        return UNKNOWN;
      }
      switch (field) {
        case STATE -> state = (char) buffer[at];
        case USER_TICKS, SYSTEM_TICKS, THREADS, START_TICKS -> {
          long number = number(buffer, at, end);
          if (number < 0) {
            return UNKNOWN;
          }
          if (field == START_TICKS) {
            return number == startTicks && alive(state, threads) ? ticks : UNKNOWN;
          } else if (field == THREADS) {
            threads = number;
          } else {
            ticks += number;
          }
        }
        default -> {
          // Not asked for.
        }
      }
      at = end;
    }
    return UNKNOWN;
  }

  /** A first thread that is dead says nothing of the others. */
  private static boolean alive(char state, long threads) {
    return (state != 'Z' && state != 'X' && state != 'x') || threads > 1;
  }

  /** The memory that it holds of the host at the moment, in KiB; what it shares counts in full. */
  public OptionalLong residentKiB(long pid, long startTicks) {
    byte[] buffer = new byte[STATUS_BYTES];
    int length = read(proc + "/" + pid + "/status", buffer);
    // Asked afterwards: then the status was this process's, too.
    if (cpuTicks(pid, startTicks, new byte[BUFFER]) == UNKNOWN) {
      return OptionalLong.empty();
    }
    // The command name is on a line of its own, with line ends written out.
    int at = 0;
    while (at < length) {
      int end = at;
      while (end < length && buffer[end] != '\n') {
        end++;
      }
      if (startsWith(buffer, at, end, RESIDENT)) {
        return kib(buffer, at + RESIDENT.length(), end);
      }
      at = end + 1;
    }
    return OptionalLong.empty();
  }

  /** How long ago it was started, in seconds, time in which the host slept included. */
  public OptionalLong ageSeconds(long startTicks) {
    byte[] buffer = new byte[64];
    int length = read(proc + "/uptime", buffer);
    int end = 0;
    while (end < length && buffer[end] != '.') {
      end++;
    }
    long up = number(buffer, 0, end);
    return up < 0
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, up - startTicks / TICKS_PER_SECOND));
  }

  private static boolean startsWith(byte[] bytes, int from, int to, String what) {
    if (to - from < what.length()) {
      return false;
    }
    for (int i = 0; i < what.length(); i++) {
      if (bytes[from + i] != what.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static OptionalLong kib(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    int end = at;
    while (end < to && bytes[end] >= '0' && bytes[end] <= '9') {
      end++;
    }
    long number = number(bytes, at, end);
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** Decimal digits and nothing else; {@link #UNKNOWN} for all other. */
  private static long number(byte[] bytes, int from, int to) {
    if (from == to || to - from > DIGITS) {
      return UNKNOWN;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return UNKNOWN;
      }
      number = 10 * number + (bytes[i] - '0');
    }
    return number;
  }

  /** The beginning of a file; nothing when it cannot be read. */
  private static int read(String file, byte[] buffer) {
    try (FileInputStream in = new FileInputStream(file)) {
      // The kernel makes such a file at the first read, in one piece.
      return Math.max(0, in.read(buffer));
    } catch (IOException e) {
      return 0;
    }
  }
}
