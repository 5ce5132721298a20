package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestPath;
import dev.banger.api.GuestResult;
import dev.banger.api.PluginContext;
import dev.banger.api.TarSource;
import dev.banger.api.VmView;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where in a guest the repository goes. It is unpacked beside its place and moved there when
 * complete, so that a transfer that was cut off leaves nothing that looks like a workspace.
 */
final class Destination {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration TRANSFER = Duration.ofMinutes(40);

  /** The work disk is mounted at /root: anywhere else a workspace would be lost with the root. */
  private static final Pattern SHAPE =
      Pattern.compile("/root(/(?!\\.{1,2}(/|$))[^/\\p{Cntrl}]{1,200}){1,8}");

  /** {@code $1} complete, {@code $2} its place: absent or empty, else mv would go inside it. */
  private static final String MOVE =
      """
      if [ -e "$2" ] || [ -L "$2" ]; then rmdir "$2" || exit 1; fi
      mv "$1" "$2"
      """;

  private final PluginContext context;
  private final CapabilityHost host;
  private final VmView vm;
  private final String path;

  Destination(PluginContext context, VmView vm, String path) {
    this.context = context;
    this.host = context.host();
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

  /** Whether the guest can take a pack by itself. */
  boolean hasGit() throws InterruptedException {
    return host.exec(vm, GuestCommand.of(QUICK, "git", "--version").in("/")).exitCode() == 0;
  }

  /** Does what is left to do where the archive was unpacked. */
  @FunctionalInterface
  interface Unpacked {
    void in(String directory) throws Exception;
  }

  /** Unpacks an archive there. */
  void fill(TarSource archive, Unpacked then) throws Exception {
    Stagings.beside(
        context,
        vm,
        path,
        staging -> {
          host.putTar(vm, staging, archive, TRANSFER);
          then.in(staging);
          move(staging);
          return null;
        });
  }

  private void move(String staging) throws InterruptedException {
    GuestResult moved =
        host.exec(vm, GuestCommand.of(QUICK, "/bin/sh", "-c", MOVE, "move", staging, path).in("/"));
    if (moved.exitCode() != 0) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "the guest could not move the files to %s: %s".formatted(path, said(moved)));
    }
    Stagings.forget(context, vm, staging);
  }

  /**
   * Has the guest's git take a pack in.
   *
   * @param repository in the guest, without its objects
   */
  void index(String repository, InputStream pack, boolean isPartial) throws InterruptedException {
    List<String> argv =
        new ArrayList<>(List.of("git", "--git-dir=" + repository, "index-pack", "--stdin"));
    if (isPartial) {
      argv.add("--promisor");
    }
    GuestResult result =
        host.exec(
            vm, GuestCommand.of(TRANSFER, argv.toArray(new String[0])).in("/").withStdin(pack));
    if (result.exitCode() != 0) {
      throw new CapabilityException(
          FailureKind.GUEST, "git in the guest could not take the history: " + said(result));
    }
  }

  /** The last line is the one that says why; what a guest says is short here and of one line. */
  private static String said(GuestResult result) {
    List<String> lines = result.stderr().strip().lines().toList();
    String last = lines.isEmpty() ? "it said nothing" : lines.getLast();
    return last.replaceAll("\\p{Cntrl}", "?").substring(0, Math.min(200, last.length()));
  }
}
