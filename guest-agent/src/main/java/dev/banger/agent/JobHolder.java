package dev.banger.agent;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What keeps a job while no agent does: two shells of the agent disk's BusyBox, in a session of
 * their own. One waits for the command and writes down its exit code. The other holds the ends of
 * the FIFOs that must not close, so that nothing in them is lost, until it is told to let go.
 */
final class JobHolder {
  /** Control words: no more input; the other side of the terminal; everything. */
  static final String END_INPUT = "eof";

  static final String LET_GO_TERMINAL = "tty";
  static final String LET_GO = "bye";

  private static final int STANDARD_INPUT = 0;

  /**
   * $0 BusyBox, $1 the job's directory, $2 that of its FIFOs, then the command. Nothing that
   * becomes the command runs in the background: a shell makes that ignore SIGINT for ever. The life
   * FIFO has a writer for as long as the first shell lives. The second shell is born with the ends
   * that it holds, those of the control words among them: the command may run, and its input end,
   * long before a busy machine lets that shell take a step, and a word to nobody is lost.
   */
  private static final String ON_PIPES =
      """
      exec 3<>"$2/in" 4<>"$2/out" 5<>"$2/err" 6<>"$2/life" 7<>"$2/ctl" || exit
      (
        cd /
        exec 0<&7 7>"$2/in" 8<"$2/out" 9<"$2/err" || exit
        exec 3<&- 4<&- 5<&- 6<&- >/dev/null 2>&1
        while read -r banger_word; do
          case $banger_word in eof) exec 7>&- ;; bye) exit ;; esac
        done
      ) &
      exec 3<&- 7<&-
      "$0" setsid "$0" sh -c '
        read -r banger_stat <"/proc/$$/stat" && echo "$banger_stat" >"$1/pid" || exit 126
        exec <"$2/in" >"$2/out" 4<&- 5<&- || exit 126
        echo >&6
        exec 2>"$2/err" 6<&-
        unset banger_stat
        shift 2
        exec "$@"' "$0" "$@"
      echo $? >"$1/exit"
      """;

  /**
   * The same on a terminal: $3 is its path, standard input its master. Two copiers stand between it
   * and the FIFOs, so that it needs the agent no more than pipes do. Only a leader of a session
   * makes a terminal its own by opening it, so the second shell may hold it open. Copied with dd:
   * cat would let the kernel do it, which then keeps everybody else, the agent too, from the FIFO
   * for as long as nothing comes from the terminal.
   */
  private static final String ON_TERMINAL =
      """
      exec 5<&0 0</dev/null 3<>"$2/in" 4<>"$2/out" 6<>"$2/life" 7<>"$2/ctl" || exit
      (
        cd /
        exec 0<&7 7>"$2/in" 8<"$2/out" 9<>"$3" || exit
        "$0" dd bs=16384 <&5 >"$2/out" 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- &
        banger_out=$!
        "$0" dd bs=16384 <"$2/in" >&5 2>/dev/null 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- &
        banger_in=$!
        exec 3<&- 4<&- 5<&- 6<&- >/dev/null 2>&1
        while read -r banger_word; do
          case $banger_word in
            tty) exec 9<&- ;;
            bye) kill -9 $banger_in $banger_out; exit ;;
          esac
        done
      ) &
      exec 3<&- 5<&- 7<&-
      "$0" setsid "$0" sh -c '
        read -r banger_stat <"/proc/$$/stat" && echo "$banger_stat" >"$1/pid" || exit 126
        exec 0<>"$3" 4<&- || exit 126
        exec 1>&0
        echo >&6
        exec 2>&0 6<&-
        unset banger_stat
        shift 3
        exec "$@"' "$0" "$@"
      echo $? >"$1/exit"
      """;

  private JobHolder() {}

  /**
   * Starts both. The job is there once a byte comes through the life FIFO.
   *
   * @param master of the terminal, or -1
   * @param log takes what goes wrong
   */
  static Process start(
      String busybox,
      JobFiles files,
      List<String> command,
      Path cwd,
      Map<String, String> environment,
      int master,
      String terminal,
      Path log)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(busybox);
    line.add("setsid");
    line.add(busybox);
    line.add("sh");
    line.add("-c");
    line.add(master < 0 ? ON_PIPES : ON_TERMINAL);
    line.add(busybox);
    line.add(files.directory().toString());
    line.add(files.fifos().toString());
    if (master >= 0) {
      line.add(terminal);
    }
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line).directory(cwd.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectOutput(log.toFile()).redirectErrorStream(true);
    LibC.heedSignals();
    return master < 0
        ? builder.redirectInput(new File("/dev/null")).start()
        : withMaster(builder, master);
  }

  /**
   * A child gets none of the agent's descriptors but the three, so for a moment the agent's own
   * standard input, which is never read, is the terminal.
   */
  private static synchronized Process withMaster(ProcessBuilder builder, int master)
      throws IOException {
    int nothing = JobCalls.openTerminal("/dev/null");
    JobCalls.duplicate(master, STANDARD_INPUT);
    try {
      return builder.redirectInput(ProcessBuilder.Redirect.INHERIT).start();
    } finally {
      JobCalls.duplicate(nothing, STANDARD_INPUT);
      LibC.close(nothing);
    }
  }

  /** Tells the second shell something, if it is there. */
  static void tell(Path control, String word) throws IOException {
    int fd = JobCalls.openFifo(control, JobCalls.WRITE);
    if (fd < 0) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      byte[] line = (word + "\n").getBytes(StandardCharsets.US_ASCII);
      MemorySegment bytes = arena.allocate(line.length);
      MemorySegment.copy(line, 0, bytes, ValueLayout.JAVA_BYTE, 0, line.length);
      if (LibC.write(fd, bytes) != line.length) {
        Log.line("cannot tell " + word + " to " + control);
      }
    } finally {
      LibC.close(fd);
    }
  }

  /** The beginning of what went wrong. */
  static String complaint(Path log) {
    try (InputStream in = Files.newInputStream(log)) {
      return new String(in.readNBytes(1024), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
