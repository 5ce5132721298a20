package dev.banger.core.model;

import java.nio.file.Path;

/**
 * Where one VM's files are. All derived from two directories and the id; nothing else composes
 * them.
 *
 * @param dir durable: disks, console, scratch file
 * @param runDir for sockets and the pid file; short, because socket paths are limited to 107 bytes
 */
public record VmPaths(VmId id, Path dir, Path runDir) {
  /** A root disk as a qcow2 overlay over the image's. */
  public Path rootDisk() {
    return dir.resolve("root.qcow2");
  }

  /** A root disk that shares blocks with the image's. */
  public Path rootReflink() {
    return dir.resolve("root.reflink");
  }

  /** A root disk as a copy of the image's. */
  public Path rootCopy() {
    return dir.resolve("root.img");
  }

  /** What the guest has changed of a root disk that is a device-mapper snapshot. */
  public Path rootChanges() {
    return dir.resolve("root.cow");
  }

  public Path workDisk() {
    return dir.resolve("work.img");
  }

  /** There while the guest has yet to grow the work disk's file system; says why it could not. */
  public Path workDiskGrowth() {
    return dir.resolve("work.grow");
  }

  /** The image's initramfs with this VM's early files appended. */
  public Path initrd() {
    return dir.resolve("initrd.img");
  }

  public Path console() {
    return dir.resolve("console.log");
  }

  public Path vmmLog() {
    return dir.resolve("vmm.log");
  }

  /** Where a VMM that counts writes what it counted. */
  public Path metrics() {
    return dir.resolve("metrics.json");
  }

  /** What of that is counted up already. */
  public Path metricsSum() {
    return dir.resolve("metrics-sum.json");
  }

  public Path handles() {
    return dir.resolve("handles.json");
  }

  public Path controlSocket() {
    return runDir.resolve("q.sock");
  }

  /** With hybrid vsock, the VMM's door to all ports of the guest. */
  public Path agentSocket() {
    return runDir.resolve("a.sock");
  }

  /** With hybrid vsock, where the guest's connections to that port of the host arrive. */
  public Path hostSocket(int port) {
    return runDir.resolve("a.sock_" + port);
  }

  public Path pidFile() {
    return runDir.resolve("vmm.pid");
  }
}
