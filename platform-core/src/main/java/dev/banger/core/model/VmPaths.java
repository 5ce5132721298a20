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
  public Path rootDisk() {
    return dir.resolve("root.qcow2");
  }

  public Path workDisk() {
    return dir.resolve("work.img");
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

  public Path handles() {
    return dir.resolve("handles.json");
  }

  public Path controlSocket() {
    return runDir.resolve("q.sock");
  }

  public Path agentSocket() {
    return runDir.resolve("a.sock");
  }

  public Path pidFile() {
    return runDir.resolve("vmm.pid");
  }
}
