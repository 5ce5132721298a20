package dev.banger.api;

import java.time.Duration;
import java.util.List;

/**
 * Commands that a guest keeps running by itself. A job outlives the call that started it, the link
 * to the guest, the daemon and the guest's agent; it ends by itself, by a signal, or with the
 * guest. What it writes is kept in the guest, in bounded files, and is read from any position that
 * is still kept. Needs {@link Permission#GUEST_EXEC}.
 *
 * <p>Errors: {@code ILLEGAL_STATE} when the VM is not running, {@code NOT_FOUND} for a job that is
 * not there, {@code GUEST} when the guest fails, refuses or goes away. Nothing that comes back is
 * to be trusted.
 */
public interface GuestJobs {
  /**
   * Starts a job, when its directory is there and its program can be executed.
   *
   * @throws CapabilityException of kind {@code INVALID} for a bad directory, {@code NOT_FOUND} for
   *     a program that is not there, {@code GUEST} for one that cannot be executed, {@code
   *     CONFLICT} when there is a job of that id, running or ended
   */
  GuestJob startJob(VmView vm, GuestJobSpec spec, Duration deadline) throws InterruptedException;

  /** All jobs, running and ended, of this and earlier boots, in the order of their start. */
  List<GuestJob> jobs(VmView vm, Duration deadline) throws InterruptedException;

  GuestJob job(VmView vm, String id, Duration deadline) throws InterruptedException;

  /**
   * Connects to a job, running or ended. The caller closes it; it ends with the call it was opened
   * in.
   *
   * @throws CapabilityException of kind {@code CONFLICT} when the input is wanted and somebody else
   *     has it
   */
  JobConnection connect(VmView vm, String id, JobView view, Duration deadline)
      throws InterruptedException;

  /**
   * Sends a signal to the process group of a job, also when only others than its command are left
   * in it: then {@link GuestJob#pid} is not 0. Succeeds when nobody is.
   *
   * @param signal 1 to 64
   */
  void signal(VmView vm, String id, int signal, Duration deadline) throws InterruptedException;

  /**
   * Drops what is kept of a job that has ended. Succeeds when there is none.
   *
   * @throws CapabilityException of kind {@code ILLEGAL_STATE} while it runs
   */
  void forget(VmView vm, String id, Duration deadline) throws InterruptedException;
}
