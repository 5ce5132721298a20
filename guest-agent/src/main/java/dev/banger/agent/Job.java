package dev.banger.agent;

import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.GuestMessage.JobReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One job, running or over. Its monitor guards everything but the input, and is told of every
 * change.
 */
final class Job {
  private static final int CONT = 18;
  private static final int TERM = 15;

  /** How long what others write after the command's end still counts as the job's. */
  private static final long SETTLE_NANOS = 2_000_000_000L;

  /** How long a holder may take that was being started when an agent ended. */
  private static final long BIRTH_NANOS = 5_000_000_000L;

  /**
   * What a reader was sent last may not have arrived: so much stays, that it can be asked for
   * again.
   */
  private static final long UNDER_WAY = 512 << 10;

  /**
   * How long somebody may hold the pipe of a command that has ended before it is given up; less in
   * tests.
   */
  private static final long PATIENCE_NANOS =
      1_000_000_000L * Integer.getInteger("banger.agent.patience", 10);

  private final JobFiles files;
  private final JobMovers movers;
  private final GuestMessage.JobStart spec;
  private final long startedMicros;
  private final long underWay;
  private final JobInput input;
  private final JobOutput stdout;
  private final JobOutput stderr;
  private final List<JobOutput> outputs = new ArrayList<>();
  private final List<JobViewer> viewers = new ArrayList<>();

  private JobFiles.Leader leader = JobFiles.Leader.NONE;
  private int life = -1;
  private int exitCode = -1;
  private boolean exited;
  private long exitMicros;
  private JobFiles.End end;
  private long deadline = Long.MAX_VALUE;
  private long birthDeadline;
  private long settleBy;
  private boolean givenUp;
  private String remark = "";
  private Runnable pump = () -> {};

  /** As the files tell it. */
  Job(JobFiles files, JobFiles.Birth birth, JobMovers movers) {
    this.files = files;
    this.movers = movers;
    this.spec = Shown.cut(birth.spec());
    this.startedMicros = birth.startedMicros();
    this.underWay = Math.min(UNDER_WAY, spec.keepBytes() / 2);
    this.input = new JobInput(files, spec.tty(), movers);
    this.stdout = new JobOutput(new JobStream(files.directory(), "out", spec.keepBytes()));
    this.stderr = new JobOutput(new JobStream(files.directory(), "err", spec.keepBytes()));
    outputs.add(stdout);
    if (!spec.tty()) {
      outputs.add(stderr);
    }
    this.end = files.end();
  }

  String id() {
    return files.id();
  }

  long startedMicros() {
    return startedMicros;
  }

  boolean isTerminal() {
    return spec.tty();
  }

  JobInput input() {
    return input;
  }

  JobOutput output(boolean error) {
    return error ? stderr : stdout;
  }

  /** The guest went down, or what kept it is gone: how it ended will not be known. */
  synchronized void lose(String why, long micros) {
    end = new JobFiles.End(-1, micros);
    remark = why;
    letGo();
  }

  /**
   * Takes hold of the FIFOs' ends. False when they are not there. May wait, while a program holds
   * one of them.
   */
  boolean open() throws IOException {
    int in = JobCalls.openFifo(files.fifo("life"), JobCalls.READ);
    int out = JobCalls.openFifo(files.fifo("out"), JobCalls.READ);
    int err = spec.tty() ? -1 : JobCalls.openFifo(files.fifo("err"), JobCalls.READ);
    synchronized (this) {
      life = in;
      stdout.open(out);
      stderr.open(err);
      if (end != null) {
        discard();
      }
      return life >= 0 && stdout.isOpen() && (spec.tty() || stderr.isOpen());
    }
  }

  synchronized int life() {
    return life;
  }

  /** The command runs, or has run. */
  synchronized void begun() {
    leader = files.leader();
  }

  synchronized boolean isOver() {
    return end != null;
  }

  /** Whether there is nothing left that the pump could do for it. */
  synchronized boolean isDone() {
    return end != null && life < 0 && !stdout.isOpen() && !stderr.isOpen();
  }

  /** What the pump is to wait for: a descriptor and what it tells of, null for the life. */
  record Watched(Job job, JobOutput output, int descriptor) {}

  synchronized void watch(List<Watched> all) {
    if (life >= 0) {
      all.add(new Watched(this, null, life));
    }
    for (JobOutput output : outputs) {
      if (output.watched() >= 0) {
        all.add(new Watched(this, output, output.watched()));
      }
    }
  }

  /** From now on that pump is told when the job wants a turn. */
  synchronized void carriedBy(Runnable bell) {
    pump = bell;
    deadline = System.nanoTime();
  }

  /** Something of it is ready. */
  synchronized void ready(JobOutput output) {
    if (output == null) {
      turn();
    } else {
      serve(output, true);
    }
  }

  private void serve(JobOutput output, boolean ready) {
    if (output.claim(ready)) {
      movers.execute(new JobMover(this, output));
    }
  }

  /** A mover is done. */
  void moved() {
    Runnable bell;
    synchronized (this) {
      deadline = System.nanoTime();
      bell = pump;
    }
    bell.run();
  }

  /** When it wants a turn at the latest, on the scale of {@link System#nanoTime()}. */
  synchronized long deadline() {
    return deadline;
  }

  /** Carries on with it. */
  synchronized void turn() {
    deadline = Long.MAX_VALUE;
    try {
      if (life >= 0) {
        look();
      }
      if (exited && end == null) {
        settle();
      }
      if (end != null && !stdout.isOpen() && !stderr.isOpen()) {
        letGo();
      }
    } catch (IOException e) {
      remark = Words.cut(Words.of(e));
      wakeBy(System.nanoTime() + SETTLE_NANOS);
    }
    for (JobOutput output : outputs) {
      serve(output, false);
      if (output.retryAt() != 0) {
        wakeBy(output.retryAt());
      }
    }
    notifyAll();
  }

  private void wakeBy(long nanos) {
    deadline = deadline == Long.MAX_VALUE || nanos - deadline < 0 ? nanos : deadline;
  }

  /** What may be dropped of an output: what all who insist have, or anybody if the job waits. */
  synchronized long released(JobOutput output) {
    long slowest = Long.MAX_VALUE;
    for (JobViewer viewer : viewers) {
      if (viewer.insists()) {
        slowest = Math.min(slowest, viewer.position(output == stderr));
      }
    }
    if (slowest == Long.MAX_VALUE && spec.waits()) {
      slowest = output.taken();
    }
    return slowest == Long.MAX_VALUE ? slowest : Math.max(0, slowest - underWay);
  }

  private void look() throws IOException {
    if (JobOutput.peek(life) != 0) {
      return;
    }
    exitCode = files.exitCode();
    if (exitCode < 0 && files.leader().pid() == 0 && !exited) {
      // An agent before this one was about to start it.
      if (birthDeadline == 0) {
        birthDeadline = System.nanoTime() + BIRTH_NANOS;
      }
      if (System.nanoTime() - birthDeadline < 0) {
        wakeBy(System.nanoTime() + SETTLE_NANOS / 10);
        return;
      }
    }
    LibC.close(life);
    life = -1;
    exitMicros = exitCode < 0 ? System.currentTimeMillis() * 1000 : files.exitMicros();
    exited = true;
    settleBy = System.nanoTime() + SETTLE_NANOS;
    input.close();
    for (JobOutput output : outputs) {
      output.commandEnded();
    }
    if (spec.tty()) {
      JobHolder.tell(files.fifo("ctl"), JobHolder.LET_GO_TERMINAL);
    }
  }

  private void settle() throws IOException {
    long since = System.nanoTime() - settleBy;
    for (JobOutput output : outputs) {
      boolean lost =
          output.isStuck(givenUp ? SETTLE_NANOS : PATIENCE_NANOS)
              || (givenUp && output.isRetrying());
      if (output.isOpen() && !(since >= 0 && output.isPaid()) && !lost) {
        wakeBy(since < 0 ? settleBy : System.nanoTime() + SETTLE_NANOS / 10);
        return;
      }
    }
    if (exitCode < 0) {
      remark = "what waited for it in the guest was killed: how it ended is not known";
    }
    end = new JobFiles.End(exitCode, exitMicros);
    files.markEnded(end);
    discard();
  }

  private void discard() {
    for (JobOutput output : outputs) {
      output.discard();
    }
    // A terminal is hung up; who writes to a pipe may go on, unheard.
    if (spec.tty()) {
      letGo();
    }
  }

  /** Lets the holder and the FIFOs go. */
  synchronized void letGo() {
    input.close();
    for (JobOutput output : outputs) {
      output.close();
      serve(output, true);
    }
    if (life >= 0) {
      LibC.close(life);
      life = -1;
    }
    try {
      JobHolder.tell(files.fifo("ctl"), JobHolder.LET_GO);
    } catch (IOException e) {
      Log.line("job " + id() + ": " + e);
    }
    files.removeFifos();
    notifyAll();
  }

  synchronized void add(JobViewer viewer) {
    viewers.add(viewer);
  }

  synchronized void remove(JobViewer viewer) {
    viewers.remove(viewer);
    outputs.forEach(JobOutput::letOn);
    input.release(viewer);
  }

  /**
   * To the command's process group, also when only others are left in it; one that was stopped
   * could not die of a request to.
   */
  synchronized void signal(int number, Signals signals) throws IOException, InterruptedException {
    if (exited && number == Signals.KILL) {
      givenUp = true;
      wakeBy(System.nanoTime());
      pump.run();
    }
    boolean isLed = isLed();
    if (!isLed && !isSurvived()) {
      return;
    }
    if (spec.tty() && number == Signals.KILL) {
      signals.session(number, leader.pid());
    }
    if (!JobCalls.kill(-leader.pid(), number) && isLed) {
      JobCalls.kill(leader.pid(), number);
    }
    if (number == TERM || number == Signals.HUP) {
      JobCalls.kill(-leader.pid(), CONT);
    }
  }

  /** Whether the command itself is there. */
  private boolean isLed() {
    JobFiles.Leader now = JobFiles.leader(Path.of("/proc/" + leader.pid() + "/stat"));
    return now.pid() != 0 && now.ticks().equals(leader.ticks());
  }

  /** Whether the command has ended and others of its process group have not. */
  private boolean isSurvived() throws IOException {
    long micros = end != null ? end.micros() : exited ? exitMicros : -1;
    return micros >= 0 && JobGroup.lives(leader.pid(), micros);
  }

  /** Of the command, or the group that it has left. */
  private long pid() {
    try {
      boolean running = end == null && !exited;
      return running || (leader.pid() > 0 && isSurvived()) ? leader.pid() : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  void resize(int rows, int columns) throws IOException {
    if (!spec.tty() || isOver()) {
      return;
    }
    String slave = JobFiles.text(files.fifo("tty"));
    if (!slave.startsWith("/dev/pts/")) {
      throw new IOException("no terminal is noted for the job");
    }
    int fd = JobCalls.openTerminal(slave);
    if (fd >= 0) {
      try {
        LibC.resizeTerminal(fd, rows, columns);
      } finally {
        LibC.close(fd);
      }
    }
  }

  synchronized JobReport report() {
    boolean running = end == null;
    return new JobReport(
        id(),
        running ? JobReport.RUNNING : end.code() < 0 ? JobReport.LOST : JobReport.ENDED,
        spec.command(),
        spec.cwd(),
        Shown.names(spec.env()),
        spec.tty(),
        pid(),
        startedMicros,
        running ? 0 : end.micros(),
        running ? -1 : end.code(),
        stdout.kept.from(),
        stdout.kept.to(),
        stderr.kept.from(),
        stderr.kept.to(),
        input.bytes(),
        running && !exited && input.isOpen(),
        viewers.size(),
        running ? trouble() : remark);
  }

  private String trouble() {
    for (JobOutput output : outputs) {
      if (!output.trouble().isEmpty()) {
        return output.trouble();
      }
    }
    return remark;
  }
}
