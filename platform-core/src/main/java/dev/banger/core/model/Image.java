package dev.banger.core.model;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A registered boot set. The image owns all its files; they lie in its own directory.
 *
 * @param kernel bootable kernel (bzImage or vmlinux)
 * @param initrd initramfs that banger built for this kernel, an uncompressed or gzip cpio archive
 * @param rootfs raw ext4 file system, never written to
 * @param kernelVersion for example {@code 6.1.0-42-cloud-amd64}
 * @param diskMiB virtual size of {@code rootfs} in MiB
 * @param description one line for people
 */
public record Image(
    String name,
    Path dir,
    Path kernel,
    Path initrd,
    Path rootfs,
    String kernelVersion,
    long diskMiB,
    String description,
    Instant createdAt) {}
