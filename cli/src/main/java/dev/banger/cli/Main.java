package dev.banger.cli;

import dev.banger.cli.term.Console;
import dev.banger.cli.term.HostSignals;
import dev.banger.cli.term.Signals;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** {@code banger}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    PrintStream out = stream(FileDescriptor.out);
    Console console =
        new Console(
            System.getenv(),
            new FileInputStream(FileDescriptor.in),
            out,
            stream(FileDescriptor.err),
            workingDirectory(),
            isTerminal(0),
            isTerminal(1),
            isTerminal(2),
            new HostSignals());
    int code = run(args, console);
    out.flush();
    System.exit(code);
  }

  /** Runs one command away from any terminal and from this process's signals. */
  public static int run(
      String[] args, Map<String, String> env, InputStream in, PrintStream out, PrintStream err) {
    return run(
        args,
        new Console(env, in, out, err, workingDirectory(), false, false, false, Signals.NONE));
  }

  /**
   * @return the process's exit code
   */
  public static int run(String[] args, Console console) {
    int code = new Dispatcher(console).run(args);
    console.out().flush();
    console.err().flush();
    return code;
  }

  private static Path workingDirectory() {
    return Path.of("").toAbsolutePath();
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 8192),
        descriptor == FileDescriptor.err,
        StandardCharsets.UTF_8);
  }

  /** By where the descriptor leads: the JDK tells only of both ends at once, and slowly. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
