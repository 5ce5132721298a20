package dev.banger.agent;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** The one thread that carries the output of all jobs. */
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
    ring();
  }

  /** Something has changed that no descriptor tells: every job gets a turn. */
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
    List<Job> now = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    List<Integer> descriptors = new ArrayList<>();
    descriptors.add(bell);
    long until = System.nanoTime() + LONGEST_WAIT_MILLIS * NANOS_PER_MILLI;
    jobs.removeIf(Job::isDone);
    for (Job job : jobs) {
      now.add(job);
      job.watch(descriptors);
      counts.add(descriptors.size());
      long deadline = job.deadline();
      if (deadline != Long.MAX_VALUE && deadline - until < 0) {
        until = deadline;
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      int size = descriptors.size();
      MemorySegment entries = arena.allocate((long) ENTRY_BYTES * size, ALIGNMENT);
      for (int i = 0; i < size; i++) {
        JobCalls.entry(entries, i, descriptors.get(i));
      }
      long millis =
          Math.max(0, (until - System.nanoTime() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
      JobCalls.poll(entries, size, (int) millis);
      boolean rung = JobCalls.isReady(entries, 0);
      if (rung) {
        hush();
      }
      int at = 1;
      for (int i = 0; i < now.size(); i++) {
        boolean ready = rung || now.get(i).deadline() - System.nanoTime() <= 0;
        for (; at < counts.get(i); at++) {
          ready |= JobCalls.isReady(entries, at);
        }
        if (ready) {
          now.get(i).turn();
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
