package dev.banger.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A banger of the test's own: its own configuration, images, VMs, daemon and socket, in a folder
 * with a short name (socket paths are limited to 107 bytes). Closing it deletes the VMs, stops the
 * daemon, and fails when a process that belongs to it is still there.
 */
final class BangerHome implements AutoCloseable {
  private final Path program;
  private final Path dir;
  private Network network;

  private BangerHome(Path program, Path dir) {
    this.program = program;
    this.dir = dir;
  }

  /** An empty home: no image, no VM, no daemon yet. */
  static BangerHome empty() {
    String dist = System.getProperty("banger.dist", "");
    Path program = Path.of(dist, "bin", "banger").toAbsolutePath();
    if (dist.isEmpty() || !Files.isExecutable(program)) {
      throw new IllegalStateException(
          "-Dbanger.dist must name a built distribution; " + program + " is not there");
    }
    try {
      return new BangerHome(program, Files.createTempDirectory(Path.of("/tmp"), "bgr"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A home that has these images ({@code tiny}, {@code debian}, {@code debian-kvm}). Each is
   * imported once per build folder and shared by all tests.
   */
  static BangerHome with(String... images) {
    BangerHome home = empty();
    try {
      for (String image : images) {
        ImageShelf.place(image, home);
      }
      return home;
    } catch (RuntimeException | Error e) {
      try {
        home.close();
      } catch (RuntimeException | Error second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** The same, with its daemon and VMs in a network of the test's own. */
  BangerHome inside(Network own) {
    network = own;
    return this;
  }

  /** What runs the command behind it where this home's daemon is. */
  List<String> enter() {
    return network == null ? List.of() : network.enter();
  }

  Path dir() {
    return dir;
  }

  Path config() {
    return dir.resolve("config/config.toml");
  }

  Path images() {
    return dir.resolve("data/images");
  }

  /** One run, still to be started. */
  Invocation banger(String... arguments) {
    return network == null
        ? new Invocation(program, dir, List.of(arguments))
        : new Invocation(program, dir, List.of(arguments), network.enter())
            .with("BANGER_NETWORK_MODE", "auto");
  }

  /** Runs a command; the caller judges its exit code. */
  Ran run(String... arguments) {
    return banger(arguments).run();
  }

  /** Runs a command that must exit 0. */
  Ran ok(String... arguments) {
    return run(arguments).ok();
  }

  /** The daemon's process, as it says itself. */
  ProcessHandle daemon() {
    long pid = ok("daemon", "status", "-o", "json").json().path("pid").asLong();
    return ProcessHandle.of(pid).orElseThrow(() -> new AssertionError("no daemon process " + pid));
  }

  /** Every process of this home: by its command line or its environment, ourselves left out. */
  List<ProcessHandle> processes() {
    return Processes.mentioning(dir.toString());
  }

  @Override
  public void close() {
    List<String> complaints = new ArrayList<>();
    if (!processes().isEmpty()) {
      Ran deleted = run("vm", "delete", "--all", "--force");
      if (deleted.exitCode() != 0) {
        complaints.add(deleted.toString());
      }
      Ran stopped = run("daemon", "stop");
      if (stopped.exitCode() != 0) {
        complaints.add(stopped.toString());
      }
    }
    for (ProcessHandle left : Processes.stillThere(dir.toString())) {
      complaints.add("left running: " + Processes.describe(left));
      left.destroyForcibly();
      left.onExit().join();
    }
    Path log = dir.resolve("state/daemon.log");
    try {
      if (!complaints.isEmpty() && Files.isReadable(log)) {
        complaints.add("daemon.log:\n" + Files.readString(log));
      }
      delete(dir);
    } catch (IOException e) {
      complaints.add("cannot delete " + dir + ": " + e);
    }
    if (!complaints.isEmpty()) {
      throw new AssertionError(String.join("\n", complaints));
    }
  }

  static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(Objects.requireNonNull(tree))) {
      all = new ArrayList<>(walk.toList());
    }
    for (Path path : all.reversed()) {
      Files.deleteIfExists(path);
    }
  }
}
