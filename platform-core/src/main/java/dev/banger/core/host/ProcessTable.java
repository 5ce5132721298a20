package dev.banger.core.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What {@code /proc} says of processes. A pid names a process only together with its start time and
 * the boot of the host; nothing here ever signals anything.
 */
public final class ProcessTable {
  private static final Pattern PID = Pattern.compile("[1-9][0-9]{0,9}");

  /** Linux keeps a command line in the process's own memory, so its length is not to be trusted. */
  private static final int MAX_CMDLINE_BYTES = 1 << 20;

  /** Fields after the command name in {@code /proc/PID/stat}, see proc_pid_stat(5). */
  private static final int STATE = 0;

  private static final int THREADS = 20 - 3;

  private static final int START_TICKS = 22 - 3;

  private final Path proc;

  public ProcessTable() {
    this(Path.of("/proc"));
  }

  ProcessTable(Path proc) {
    this.proc = proc;
  }

  /**
   * A process at one moment.
   *
   * @param startTicks field 22 of {@code /proc/PID/stat}: clock ticks between the host's boot and
   *     the process's start
   * @param state for example {@code S} sleeping, {@code T} stopped by a signal, {@code Z} zombie
   * @param uid real user id
   * @param argv its command line; empty for kernel threads and zombies
   */
  public record Entry(long pid, long startTicks, char state, long uid, List<String> argv) {
    public Entry {
      argv = List.copyOf(argv);
    }

    /** Whether it still does anything: a zombie only waits for its parent to look. */
    public boolean alive() {
      return ProcessTable.alive(state);
    }

    /** Whether a signal such as SIGSTOP keeps it from answering. */
    public boolean stopped() {
      return state == 'T' || state == 't';
    }
  }

  /** The process of that pid, if there is one; empty also when it vanished while being read. */
  public Optional<Entry> find(long pid) {
    if (pid < 1) {
      return Optional.empty();
    }
    Path dir = proc.resolve(Long.toString(pid));
    try {
      Optional<Stat> before = stat(dir);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      List<String> argv = argv(dir);
      OptionalLong uid = uid(dir);
      // The pid may have been given to another process between two reads.
      Optional<Stat> after = stat(dir);
      if (uid.isEmpty()
          || after.isEmpty()
          || after.get().startTicks() != before.get().startTicks()) {
        return Optional.empty();
      }
      return Optional.of(
          new Entry(pid, after.get().startTicks(), after.get().state(), uid.getAsLong(), argv));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The process with that pid and start time, unless it is gone or a zombie. */
  public Optional<Entry> findAlive(long pid, long startTicks) {
    return find(pid).filter(p -> p.startTicks() == startTicks && p.alive());
  }

  /**
   * Like {@link #findAlive}, with a single read: for those who ask often. A process whose first
   * thread is dead is alive for as long as others of its threads are: they hold its files, for
   * example a TAP device or a lock.
   */
  public boolean isAlive(long pid, long startTicks) {
    try {
      return pid > 0
          && stat(proc.resolve(Long.toString(pid)))
              .filter(s -> s.startTicks() == startTicks && (alive(s.state()) || s.threads() > 1))
              .isPresent();
    } catch (IOException e) {
      return false;
    }
  }

  /** SIGKILL, to exactly this process: a pid that was taken over by another one is left alone. */
  public void kill(Entry process) {
    // The handle remembers the start time it saw, which is why ours is compared after it was made.
    ProcessHandle.of(process.pid())
        .filter(_ -> isAlive(process.pid(), process.startTicks()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  /** All live processes whose command line matches. */
  public List<Entry> scan(Predicate<List<String>> argv) {
    List<Entry> found = new ArrayList<>();
    try (DirectoryStream<Path> dirs =
        Files.newDirectoryStream(proc, d -> PID.matcher(d.getFileName().toString()).matches())) {
      for (Path dir : dirs) {
        try {
          // Most processes are not what is looked for: one read each decides that.
          if (argv.test(argv(dir))) {
            find(Long.parseLong(dir.getFileName().toString()))
                .filter(p -> p.alive() && argv.test(p.argv()))
                .ifPresent(found::add);
          }
        } catch (IOException e) {
          // It ended while we looked.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + proc, e);
    }
    return found;
  }

  /** Identity of the host's current boot. */
  public String bootId() {
    try {
      return Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the host's boot id", e);
    }
  }

  /** The pid in a pid file; empty for anything but a decimal number above 1. */
  public static OptionalLong readPidFile(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(32), StandardCharsets.US_ASCII).strip();
      if (!PID.matcher(text).matches()) {
        return OptionalLong.empty();
      }
      long pid = Long.parseLong(text);
      return pid > 1 ? OptionalLong.of(pid) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static boolean alive(char state) {
    return state != 'Z' && state != 'X' && state != 'x';
  }

  private record Stat(char state, long threads, long startTicks) {}

  private static Optional<Stat> stat(Path dir) throws IOException {
    String text = new String(read(dir.resolve("stat"), 8192), StandardCharsets.ISO_8859_1);
    // The command name stands in parentheses and may itself hold parentheses and spaces.
    int close = text.lastIndexOf(')');
    if (close < 0) {
      return Optional.empty();
    }
    String[] fields = text.substring(close + 1).strip().split(" ");
    if (fields.length <= START_TICKS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Stat(
              fields[STATE].charAt(0),
              Long.parseLong(fields[THREADS]),
              Long.parseLong(fields[START_TICKS])));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static OptionalLong uid(Path dir) throws IOException {
    String text = new String(read(dir.resolve("status"), 16384), StandardCharsets.ISO_8859_1);
    return text.lines()
        .filter(line -> line.startsWith("Uid:"))
        .map(line -> line.substring(4).strip().split("\\s+")[0])
        .filter(word -> word.matches("[0-9]{1,10}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> argv(Path dir) throws IOException {
    byte[] bytes = read(dir.resolve("cmdline"), MAX_CMDLINE_BYTES);
    List<String> words = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        words.add(text(bytes, from, i));
        from = i + 1;
      }
    }
    if (from < bytes.length) {
      words.add(text(bytes, from, bytes.length));
    }
    return words;
  }

  private static String text(byte[] bytes, int from, int to) {
    return StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, from, to - from)).toString();
  }

  private static byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(limit);
    }
  }
}
