package dev.banger.agent;

import java.io.IOException;

/**
 * Carries one output of a job from its FIFO to the disk for as long as something comes. Holds the
 * job's monitor only between two calls of the kernel, so that a pipe which somebody holds keeps
 * nobody but this thread.
 */
final class JobMover implements Runnable {
  /** A stream that flows is not handed back to the pump for each small pause. */
  private static final int LINGER_MILLIS = 20;

  private final Job job;
  private final JobOutput output;

  JobMover(Job job, JobOutput output) {
    this.job = job;
    this.output = output;
  }

  @Override
  public void run() {
    boolean stays = true;
    while (stays) {
      stays = step();
    }
    job.moved();
  }

  private boolean step() {
    try {
      JobOutput.Step step;
      synchronized (job) {
        step = output.next(job.released(output));
      }
      long result = step == null ? 0 : output.carryOut(step);
      boolean mayGoOn;
      synchronized (job) {
        if (step == null) {
          output.rest();
          return false;
        }
        mayGoOn = output.done(step, result, job.released(output));
        job.notifyAll();
      }
      if (mayGoOn && result == LibC.AGAIN) {
        output.linger(LINGER_MILLIS);
      }
      return true;
    } catch (IOException | RuntimeException | Error e) {
      Log.defect("job " + job.id(), e);
      synchronized (job) {
        output.fail(Words.cut(e.toString()));
      }
      return true;
    }
  }
}
