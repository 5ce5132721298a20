package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts commands. Each is the leader of its own session, so that it can be signalled as a whole.
 */
final class ExecService {
  static final int DEFAULT_ROWS = 24;
  static final int DEFAULT_COLUMNS = 80;

  private final Surroundings surroundings;

  ExecService(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  void serve(MuxStream stream, GuestMessage.Exec request)
      throws IOException, RequestException, InterruptedException {
    Child child = start(request);
    ChildSession session = new ChildSession(stream, child, new Signals(surroundings));
    try {
      MessageCodec.write(stream.out(), new GuestMessage.Started());
    } catch (IOException e) {
      session.hangUp();
      throw e;
    }
    session.run();
  }

  private Child start(GuestMessage.Exec request) throws IOException, RequestException {
    if (request.command().isEmpty() || request.command().get(0).isEmpty()) {
      throw new RequestException(FailureKind.INVALID, "no command was given");
    }
    Path cwd = CommandLookup.directory(request.cwd());
    ProcessBuilder builder = new ProcessBuilder();
    fill(builder.environment(), request.env(), request.tty());
    List<String> command = new ArrayList<>(request.command());
    String path = builder.environment().get("PATH");
    command.set(0, CommandLookup.executable(command.get(0), cwd, path));
    builder.directory(cwd.toFile());
    return request.tty() ? onTerminal(builder, command, request) : onPipes(builder, command);
  }

  // BusyBox's setsid makes a session and becomes the command: the process id stays the same.
  private Child onPipes(ProcessBuilder builder, List<String> command) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(surroundings.busybox());
    line.add("setsid");
    line.addAll(command);
    return new PipedChild(builder.command(line).start());
  }

  // A session leader without a terminal that opens one gets it as its controlling terminal.
  private Child onTerminal(ProcessBuilder builder, List<String> command, GuestMessage.Exec request)
      throws IOException {
    int rows = request.rows() == 0 ? DEFAULT_ROWS : request.rows();
    int columns = request.columns() == 0 ? DEFAULT_COLUMNS : request.columns();
    LibC.heedSignals();
    Terminal terminal = Terminal.open(rows, columns);
    List<String> line = new ArrayList<>();
    line.add(surroundings.busybox());
    line.add("setsid");
    line.add(surroundings.busybox());
    line.add("sh");
    line.add("-c");
    line.add("t=$0; exec \"$@\" 0<>\"$t\" 1>&0 2>&0");
    line.add(terminal.slave());
    line.addAll(command);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      return new TerminalChild(builder.command(line).start(), terminal);
    } catch (IOException | RuntimeException e) {
      terminal.close();
      throw e;
    }
  }

  /** The standard environment and what the request adds to it. */
  static void fill(Map<String, String> environment, Map<String, String> more, boolean tty)
      throws RequestException {
    environment.clear();
    environment.put("HOME", "/root");
    environment.put("USER", "root");
    environment.put("LOGNAME", "root");
    environment.put("SHELL", Files.isExecutable(Path.of("/bin/bash")) ? "/bin/bash" : "/bin/sh");
    environment.put("PATH", CommandLookup.DEFAULT_PATH);
    environment.put("LANG", "C.UTF-8");
    if (tty) {
      environment.put("TERM", "xterm");
    }
    try {
      environment.putAll(more);
    } catch (IllegalArgumentException e) {
      throw new RequestException(FailureKind.INVALID, "environment: " + e.getMessage());
    }
  }
}
