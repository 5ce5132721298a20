package dev.banger.core.lifecycle;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Kernels as a VMM wants them that has no boot loader of its own: as uncompressed ELF files.
 * Distributions ship compressed ones.
 */
public interface ElfKernels {
  /**
   * The kernel itself when it is an ELF file already, else an ELF file made from it, kept for the
   * next time by the digest of the kernel it came from.
   *
   * @throws dev.banger.core.model.BangerException of kind INVALID when there is none in it,
   *     UNAVAILABLE when its compression needs a tool that is not here
   */
  Path elf(Path kernel, Duration deadline) throws InterruptedException;
}
