package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts jobs, when what they need is there. */
final class JobStarter {
  private static final int START_MILLIS = 30_000;

  private final Surroundings surroundings;
  private final JobMovers movers;

  JobStarter(Surroundings surroundings, JobMovers movers) {
    this.surroundings = surroundings;
    this.movers = movers;
  }

  /** Returns one whose command runs, or has run. */
  Job start(GuestMessage.JobStart request) throws IOException, RequestException {
    check(request);
    Path cwd = CommandLookup.directory(request.cwd());
    Map<String, String> environment = new HashMap<>();
    ExecService.fill(environment, request.env(), request.tty());
    List<String> command = new ArrayList<>(request.command());
    command.set(0, CommandLookup.executable(command.get(0), cwd, environment.get("PATH")));
    JobFiles files = JobFiles.of(surroundings, request.id());
    JobFiles.Birth birth =
        new JobFiles.Birth(Jobs.boot(), System.currentTimeMillis() * 1000, in(cwd, request));
    // What makes no sense may lie there: it was not listed, so it is nobody's.
    files.removeAll();
    Job job = null;
    try {
      files.create(
          birth,
          request.tty()
              ? List.of("in", "out", "ctl", "life")
              : List.of("in", "out", "err", "ctl", "life"));
      job = new Job(files, birth, movers);
      if (!job.open()) {
        throw new IOException("the FIFOs of the job cannot be opened");
      }
      launch(request, job, files, command, cwd, environment);
      job.begun();
      return job;
    } catch (IOException | RequestException | RuntimeException e) {
      if (job != null) {
        job.letGo();
      }
      files.removeAll();
      throw e;
    }
  }

  /** Told of the directory that it really has. */
  private static GuestMessage.JobStart in(Path cwd, GuestMessage.JobStart request) {
    return new GuestMessage.JobStart(
        request.id(),
        request.command(),
        cwd.toString(),
        request.env(),
        request.tty(),
        request.rows(),
        request.columns(),
        request.keepBytes(),
        request.waits());
  }

  private static void check(GuestMessage.JobStart request) throws RequestException {
    if (!JobFiles.isId(request.id())) {
      throw new RequestException(
          FailureKind.INVALID, "not an id for a job: " + Words.cut(request.id()));
    }
    if (request.command().isEmpty() || request.command().get(0).isEmpty()) {
      throw new RequestException(FailureKind.INVALID, "no command was given");
    }
    if (request.keepBytes() < JobStream.LEAST_KEPT || request.keepBytes() > JobStream.MOST_KEPT) {
      throw new RequestException(
          FailureKind.INVALID, "a job keeps 64 KiB to 1 GiB, not " + request.keepBytes());
    }
    for (String name : request.env().keySet()) {
      if (!isName(name)) {
        throw new RequestException(
            FailureKind.INVALID,
            "variable "
                + Words.cut(name)
                + " cannot be given to a job: a name is letters, digits and underscores");
      }
    }
    for (String word : request.command()) {
      if (word.indexOf('\0') >= 0) {
        throw new RequestException(FailureKind.INVALID, "an argument holds a null character");
      }
    }
  }

  /** Shells hand on no others. */
  private static boolean isName(String name) {
    boolean good = !name.isEmpty() && "0123456789".indexOf(name.charAt(0)) < 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      good &= "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".indexOf(c) >= 0;
    }
    return good;
  }

  private void launch(
      GuestMessage.JobStart request,
      Job job,
      JobFiles files,
      List<String> command,
      Path cwd,
      Map<String, String> environment)
      throws IOException, RequestException {
    Path log = files.fifos().resolve("log");
    int master = -1;
    int slave = -1;
    String terminal = "";
    try {
      if (request.tty()) {
        master = LibC.openBlockingTerminal();
        LibC.resizeTerminal(
            master,
            request.rows() == 0 ? ExecService.DEFAULT_ROWS : request.rows(),
            request.columns() == 0 ? ExecService.DEFAULT_COLUMNS : request.columns());
        terminal = LibC.unlockTerminal(master);
        Files.writeString(files.fifo("tty"), terminal);
        // Held until the command has it: a terminal that nobody ever had open is hung up.
        slave = LibC.openSlave(terminal);
      }
      Process holder =
          JobHolder.start(
              surroundings.busybox(), files, command, cwd, environment, master, terminal, log);
      if (!isBegun(job.life())) {
        holder.destroyForcibly();
        throw new RequestException(
            FailureKind.FAILED, "the job could not be started: " + JobHolder.complaint(log));
      }
    } finally {
      if (master >= 0) {
        LibC.close(master);
      }
      if (slave >= 0) {
        LibC.close(slave);
      }
    }
  }

  private static boolean isBegun(int life) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entry = arena.allocate(8, 4);
      JobCalls.entry(entry, 0, life);
      JobCalls.poll(entry, 1, START_MILLIS);
    }
    return JobOutput.peek(life) > 0;
  }
}
