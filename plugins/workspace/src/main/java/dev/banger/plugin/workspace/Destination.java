package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestPath;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where in a guest the repository goes. It is unpacked beside its place and moved there when
 * complete, so that a transfer that was cut off leaves nothing that looks like a workspace.
 */
final class Destination {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration TRANSFER = Duration.ofMinutes(20);

  /** The work disk is mounted at /root: anywhere else a workspace would be lost with the root. */
  private static final Pattern SHAPE =
      Pattern.compile("/root(/(?!\\.{1,2}(/|$))[^/\\p{Cntrl}]{1,200}){1,8}");

  /** {@code $1} complete, {@code $2} its place: absent or empty, else mv would go inside it. */
  private static final String MOVE =
      """
      if [ -e "$2" ] || [ -L "$2" ]; then rmdir "$2" || exit 1; fi
      mv "$1" "$2"
      """;

  private final CapabilityHost host;
  private final VmView vm;
  private final String path;

  Destination(CapabilityHost host, VmView vm, String path) {
    this.host = host;
    this.vm = vm;
    this.path =
        path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    if (!SHAPE.matcher(this.path).matches()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "--dest must be a directory below /root, got \"%s\"".formatted(path),
          "leave it out for /root/repo");
    }
  }

  String path() {
    return path;
  }

  /** Refuses rather than overwrites. */
  void requireFree() throws InterruptedException {
    GuestPath there = host.stat(vm, path, QUICK);
    switch (there) {
      case ABSENT, EMPTY_DIRECTORY -> {}
      case DIRECTORY ->
          throw new CapabilityException(
              FailureKind.CONFLICT,
              "%s in VM %s exists and is not empty; it is not overwritten"
                  .formatted(path, vm.name()),
              "another --dest, or: banger vm exec %s -- rm -rf %s".formatted(vm.name(), path));
      case FILE, OTHER ->
          throw new CapabilityException(
              FailureKind.CONFLICT,
              "%s in VM %s is not a directory".formatted(path, vm.name()),
              "another --dest");
    }
  }

  /** Unpacks an archive there. */
  void fill(Path archive) throws Exception {
    String staging =
        path.substring(0, path.lastIndexOf('/') + 1)
            + ".banger-"
            + UUID.randomUUID().toString().substring(0, 8);
    boolean done = false;
    try {
      host.putTar(
          vm,
          staging,
          out -> {
            try (InputStream in = Files.newInputStream(archive)) {
              in.transferTo(out);
            }
          },
          TRANSFER);
      GuestResult moved =
          host.exec(
              vm, GuestCommand.of(QUICK, "/bin/sh", "-c", MOVE, "move", staging, path).in("/"));
      if (moved.exitCode() != 0) {
        throw new CapabilityException(
            FailureKind.GUEST,
            "the guest could not move the files to %s: %s".formatted(path, moved.stderr().strip()));
      }
      done = true;
    } finally {
      if (!done) {
        clearAway(staging);
      }
    }
  }

  private void clearAway(String staging) throws InterruptedException {
    try {
      host.exec(vm, GuestCommand.of(QUICK, "rm", "-rf", "--", staging).in("/"));
    } catch (CapabilityException e) {
      // The guest is gone, or out of time; the failure that led here is what counts.
    }
  }
}
