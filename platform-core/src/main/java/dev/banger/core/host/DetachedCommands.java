package dev.banger.core.host;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts programs that outlive the daemon: a session of their own, so that no terminal's hang-up or
 * Ctrl-C reaches them, and files instead of pipes, so that nothing breaks when the daemon goes.
 */
public final class DetachedCommands {
  private final Commands commands;

  public DetachedCommands(Commands commands) {
    this.commands = commands;
  }

  /**
   * Starts {@code argv}. The process is the program itself, not a wrapper: its pid is the program's
   * and its exit value the program's own.
   *
   * @param output appended to: standard output and standard error
   * @throws BangerException of kind UNAVAILABLE when the program or {@code setsid} is missing, HOST
   *     when it cannot be started
   */
  public Process start(List<String> argv, Path output) {
    String tool = argv.getFirst();
    // A child of a Java program never leads a process group, so setsid(1) does not fork but becomes
    // the program.
    List<String> full = new ArrayList<>(List.of(find("setsid"), find(tool)));
    full.addAll(argv.subList(1, argv.size()));
    ProcessBuilder builder = new ProcessBuilder(full);
    builder.environment().put("LC_ALL", "C");
    builder.directory(new File("/"));
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.redirectErrorStream(true);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot start " + tool + ": " + e.getMessage(), "", List.of(), e);
    }
  }

  private String find(String tool) {
    return commands
        .find(tool)
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.UNAVAILABLE,
                    tool + " is not installed",
                    "banger doctor lists what is missing and how to install it"))
        .toString();
  }
}
