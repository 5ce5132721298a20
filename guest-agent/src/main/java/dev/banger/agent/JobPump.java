package dev.banger.agent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** The one thread that waits for all jobs, and for nothing that a job can make wait. */
final class JobPump {
  private static final int ENTRY_BYTES = 8;
  private static final int ALIGNMENT = 4;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long LONGEST_WAIT_MILLIS = 60_000;

  private final Collection<Job> jobs = ConcurrentHashMap.newKeySet();
  private final int bell;

  JobPump() throws IOException {
    bell = JobCalls.openBell();
    Threads.start("jobs", this::run);
  }

  void add(Job job) {
    jobs.add(job);
    job.carriedBy(this::ring);
    ring();
  }

  /** Something has changed that no descriptor tells: what to wait for is asked anew. */
  void ring() {
    try {
      JobCalls.ring(bell);
    } catch (IOException e) {
      Log.line("jobs: " + e);
    }
  }

  private void run() {
    while (true) {
      try {
        turn();
      } catch (IOException | RuntimeException | Error e) {
        Log.defect("jobs", e);
        pause();
      }
    }
  }

  private void turn() throws IOException {
    List<Job.Watched> watched = new ArrayList<>();
    long until = System.nanoTime() + LONGEST_WAIT_MILLIS * NANOS_PER_MILLI;
    jobs.removeIf(Job::isDone);
    for (Job job : jobs) {
      job.watch(watched);
      long deadline = job.deadline();
      if (deadline != Long.MAX_VALUE && deadline - until < 0) {
        until = deadline;
      }
    }
    await(watched, until);
    for (Job job : jobs) {
      long deadline = job.deadline();
      if (deadline != Long.MAX_VALUE && deadline - System.nanoTime() <= 0) {
        job.turn();
      }
    }
  }

  private void await(List<Job.Watched> watched, long until) throws IOException {
    int size = watched.size();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment entries = arena.allocate((long) ENTRY_BYTES * (size + 1), ALIGNMENT);
      JobCalls.entry(entries, size, bell);
      for (int i = 0; i < size; i++) {
        JobCalls.entry(entries, i, watched.get(i).descriptor());
      }
      long millis =
          Math.max(0, (until - System.nanoTime() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
      JobCalls.poll(entries, size + 1, (int) millis);
      if (JobCalls.isReady(entries, size)) {
        hush();
      }
      for (int i = 0; i < size; i++) {
        if (JobCalls.isReady(entries, i)) {
          watched.get(i).job().ready(watched.get(i).output());
        }
      }
    }
  }

  private void hush() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = LibC.read(bell, arena.allocate(Long.BYTES));
      assert ignored != 0;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
