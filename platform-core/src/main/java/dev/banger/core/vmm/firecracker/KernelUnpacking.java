package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.ElfKernels;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.Deadline;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has a kernel unpacked, and tells of it when that takes long. */
record KernelUnpacking(ElfKernels kernels) {
  private static final String STAGE = "unpack_kernel";

  /** A kernel that is unpacked already is found within milliseconds. */
  private static final Duration UNTOLD = Duration.ofMillis(300);

  Path elf(Path kernel, Duration limit, Progress progress) throws InterruptedException {
    Deadline end = Deadline.in(limit);
    FutureTask<Path> task = new FutureTask<>(() -> kernels.elf(kernel, end.left()));
    Thread thread = Thread.ofVirtual().name("unpack-kernel").start(task);
    try {
      return told(task, end, kernel, limit, progress);
    } finally {
      thread.interrupt();
    }
  }

  private static Path told(
      FutureTask<Path> task, Deadline end, Path kernel, Duration limit, Progress progress)
      throws InterruptedException {
    try {
      return get(task, end.atMost(UNTOLD));
    } catch (TimeoutException e) {
      progress.stage(STAGE, "started", "");
    }
    try {
      Path elf = get(task, end.left());
      progress.stage(STAGE, "done", "");
      return elf;
    } catch (TimeoutException e) {
      progress.stage(STAGE, "failed", "");
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "the kernel %s was not unpacked within %d s".formatted(kernel, limit.toSeconds()),
          "try again; give it longer: --timeout",
          List.of(),
          e);
    } catch (BangerException e) {
      progress.stage(STAGE, "failed", e.getMessage());
      throw e;
    }
  }

  private static Path get(FutureTask<Path> task, Duration limit)
      throws InterruptedException, TimeoutException {
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case BangerException banger -> throw banger;
        case InterruptedException interrupted -> throw interrupted;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}
