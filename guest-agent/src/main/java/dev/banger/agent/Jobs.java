package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All jobs of the guest. Nothing is looked at before the first request for one. */
final class Jobs {
  /** How many are kept, the running ones among them; tests have fewer. */
  static final int MOST = Integer.getInteger("banger.agent.jobs", 256);

  /** How long the first request waits for jobs of an agent before this one. */
  private static final long RESUME_SECONDS = 2;

  private final Surroundings surroundings;
  private final Map<String, Job> jobs = new HashMap<>();
  private final Set<String> starting = new HashSet<>();
  private final JobMovers movers = new JobMovers();
  private JobPump pump;
  private boolean opened;

  Jobs(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Goes on with what an agent before this one left behind, if anything. */
  void resume() {
    if (JobFiles.areThere(surroundings)) {
      Threads.start(
          "jobs-resume",
          () -> {
            try {
              open();
            } catch (IOException | RuntimeException | Error e) {
              Log.defect("jobs", e);
            }
          });
    }
  }

  void start(MuxStream stream, GuestMessage.JobStart request) throws IOException, RequestException {
    open();
    reserve(request.id());
    Job job;
    try {
      job = new JobStarter(surroundings, movers).start(request);
      synchronized (this) {
        jobs.put(job.id(), job);
      }
    } finally {
      synchronized (this) {
        starting.remove(request.id());
      }
    }
    pump().add(job);
    MessageCodec.write(stream.out(), job.report());
  }

  void list(MuxStream stream) throws IOException {
    open();
    List<Job> all;
    synchronized (this) {
      all = new ArrayList<>(jobs.values());
    }
    all.sort(Comparator.comparingLong(Job::startedMicros).thenComparing(Job::id));
    for (Job job : all) {
      MessageCodec.write(stream.out(), job.report());
    }
    MessageCodec.write(stream.out(), new GuestMessage.Done());
  }

  void show(MuxStream stream, String id) throws IOException, RequestException {
    MessageCodec.write(stream.out(), find(id).report());
  }

  void connect(MuxStream stream, GuestMessage.JobConnect request)
      throws IOException, RequestException, InterruptedException {
    Job job = find(request.id());
    JobViewer viewer = new JobViewer(job, pump(), stream, request);
    if (!job.input().claim(viewer, request.input(), viewer::isHere)) {
      throw new RequestException(
          FailureKind.BUSY, "somebody else has the input of job " + request.id());
    }
    job.add(viewer);
    try {
      MessageCodec.write(stream.out(), job.report());
      viewer.run();
    } finally {
      job.remove(viewer);
      pump().ring();
    }
  }

  void signal(GuestMessage.JobSignal request)
      throws IOException, RequestException, InterruptedException {
    if (request.signal() < 1) {
      throw new RequestException(FailureKind.INVALID, "a signal is 1 to 64");
    }
    find(request.id()).signal(request.signal(), new Signals(surroundings));
  }

  void forget(String id) throws IOException, RequestException {
    open();
    Job job;
    synchronized (this) {
      job = jobs.get(id);
    }
    if (job == null) {
      return;
    }
    if (!job.isOver()) {
      throw new RequestException(FailureKind.BUSY, "job " + id + " still runs");
    }
    drop(job);
  }

  private Job find(String id) throws IOException, RequestException {
    open();
    Job job;
    synchronized (this) {
      job = jobs.get(id);
    }
    if (job == null) {
      throw new RequestException(
          FailureKind.NOT_FOUND, "there is no job " + Words.cut(id) + " in the guest");
    }
    return job;
  }

  private synchronized JobPump pump() throws IOException {
    if (pump == null) {
      pump = new JobPump();
    }
    return pump;
  }

  private synchronized void open() throws IOException {
    if (opened) {
      return;
    }
    String boot = boot();
    List<Resumption> resumptions = new ArrayList<>();
    for (String id : JobFiles.ids(surroundings)) {
      JobFiles files = JobFiles.of(surroundings, id);
      JobFiles.Birth birth = files.birth();
      if (birth != null && jobs.size() < 4 * MOST) {
        Job job = new Job(files, birth, movers);
        jobs.put(id, job);
        boolean isOfNow = birth.boot().equals(boot);
        if (isOfNow) {
          job.begun();
        }
        if (isOfNow && Files.isDirectory(files.fifos())) {
          JobPump carrier = pump();
          resumptions.add(() -> takeUp(job, files, carrier));
        } else if (!job.isOver()) {
          lose(job, files);
        }
      }
    }
    opened = true;
    await(resumptions);
  }

  private void await(List<Resumption> resumptions) throws IOException {
    CountDownLatch left = new CountDownLatch(resumptions.size());
    for (Resumption resumption : resumptions) {
      movers.execute(
          () -> {
            try {
              resumption.run();
            } catch (IOException e) {
              Log.line("jobs: " + e);
            } finally {
              left.countDown();
            }
          });
    }
    try {
      boolean all = left.await(RESUME_SECONDS, TimeUnit.SECONDS);
      assert all || left.getCount() > 0; // the others come when their pipes are let go of
    } catch (InterruptedException e) {
      throw new InterruptedIOException("interrupted");
    }
  }

  private interface Resumption {
    void run() throws IOException;
  }

  private static void takeUp(Job job, JobFiles files, JobPump carrier) throws IOException {
    if (job.open()) {
      if (files.isInputEnded()) {
        // The agent before may have ended between noting that and saying it; twice does no harm.
        JobHolder.tell(files.fifo("ctl"), JobHolder.END_INPUT);
      }
      carrier.add(job);
      return;
    }
    job.letGo();
    if (!job.isOver()) {
      lose(job, files);
    }
  }

  private static void lose(Job job, JobFiles files) throws IOException {
    long micros = Files.getLastModifiedTime(files.directory()).toMillis() * 1000;
    files.markEnded(new JobFiles.End(-1, micros));
    job.lose("the guest went down while it ran", micros);
  }

  static String boot() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  /**
   * Makes room for a job of that id.
   *
   * @throws RequestException of kind BUSY when there is one
   */
  private synchronized void reserve(String id) throws RequestException, IOException {
    if (jobs.containsKey(id) || starting.contains(id)) {
      throw new RequestException(
          FailureKind.BUSY, "there is a job " + id + " in the guest already");
    }
    while (jobs.size() + starting.size() >= MOST) {
      Job oldest = null;
      for (Job job : jobs.values()) {
        boolean older = oldest == null || job.startedMicros() < oldest.startedMicros();
        oldest = older && job.isOver() ? job : oldest;
      }
      if (oldest == null) {
        throw new RequestException(
            FailureKind.FAILED, "all " + MOST + " jobs that a guest may have are running");
      }
      drop(oldest);
    }
    starting.add(id);
  }

  /** Its FIFOs, its files, and the memory of it. */
  private void drop(Job job) throws IOException {
    job.letGo();
    JobFiles.of(surroundings, job.id()).removeAll();
    synchronized (this) {
      jobs.remove(job.id(), job);
    }
  }
}
