package dev.banger.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Putting a repository into a Debian guest, against git push and rsync over SSH to the same guest.
 * Both start from the same repository; the push brings the history only, rsync all that is in the
 * directory, as banger does.
 */
final class WorkspaceBench {
  private static final int FILE_BYTES = 100_000;
  private static final int FEW_PAIRS = 3;

  private final Programs programs;
  private final Path dist;
  private final PrintStream out;
  private final AtomicLong peakDisk = new AtomicLong();
  private Path repository;
  private Path sshConfig;
  private int turn;

  WorkspaceBench(Programs programs, Path dist, PrintStream out) {
    this.programs = programs;
    this.dist = dist;
    this.out = out;
  }

  /**
   * @param megabytes of files in the repository, about
   */
  void run(Pairs pairs, int megabytes) throws Exception {
    repository = generate(megabytes);
    banger("image", "import", "debian");
    banger("vm", "create", "box", "--image", "debian");
    Path config = programs.home().resolve("ssh-config");
    try (OutputStream file = Files.newOutputStream(config)) {
      file.write(
          programs.output(
              List.of(dist.resolve("bin/banger").toString(), "vm", "ssh-config", "box")));
    }
    sshConfig = config;
    int count = megabytes > 500 ? 1 : FEW_PAIRS;
    pairs.compare(
        "workspace, %d MB".formatted(megabytes),
        this::ours,
        "git push over ssh",
        this::push,
        count);
    pairs.compare(
        "workspace, %d MB".formatted(megabytes),
        this::ours,
        "rsync -a over ssh",
        this::rsync,
        count);
    new ExportBench(programs, dist, repository, sshConfig).run(pairs, megabytes, count);
    out.printf(
        Locale.ROOT,
        "daemon's largest resident size %d MB, most extra disk on the host %d MB%n",
        daemonPeak() / 1000,
        peakDisk.get() / 1_000_000);
    banger("vm", "delete", "box", "--force");
    banger("daemon", "stop");
  }

  private long banger(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(dist.resolve("bin/banger").toString()));
    command.addAll(List.of(words));
    return programs.time(command);
  }

  private String next() {
    return "/root/copy-" + turn++;
  }

  private void remove(String dir) throws IOException, InterruptedException {
    banger("vm", "exec", "box", "--", "rm", "-rf", dir);
  }

  private long ours() throws Exception {
    String dir = next();
    Path transfers = programs.home().resolve("data");
    long before = size(transfers);
    Thread watch =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.interrupted()) {
                    try {
                      peakDisk.accumulateAndGet(size(transfers) - before, Math::max);
                      Thread.sleep(100);
                    } catch (IOException | InterruptedException e) {
                      return;
                    }
                  }
                });
    try {
      return banger("vm", "workspace", "prepare", "box", repository.toString(), "--dest", dir);
    } finally {
      watch.interrupt();
      watch.join();
      remove(dir);
    }
  }

  private long push() throws Exception {
    String dir = next();
    banger("vm", "exec", "box", "--", "git", "init", "-q", "--bare", dir);
    try {
      return programs.time(
          List.of(
              "git",
              "-C",
              repository.toString(),
              "-c",
              "core.sshCommand=ssh -F " + sshConfig,
              "push",
              "-q",
              "box:" + dir,
              "HEAD:refs/heads/main"));
    } finally {
      remove(dir);
    }
  }

  private long rsync() throws Exception {
    String dir = next();
    try {
      return programs.time(
          List.of(
              "rsync", "-a", "-e", "ssh -F " + sshConfig, repository + "/", "box:" + dir + "/"));
    } finally {
      remove(dir);
    }
  }

  /** Text that packs to about three quarters, in several commits. */
  private Path generate(int megabytes) throws IOException, InterruptedException {
    Path dir = Files.createDirectory(programs.home().resolve("repository"));
    List<String> git =
        List.of("git", "-C", dir.toString(), "-c", "user.name=b", "-c", "user.email=b@example.org");
    programs.time(with(git, "init", "-q", "-b", "main"));
    Random random = new Random(7);
    byte[] noise = new byte[FILE_BYTES * 3 / 4];
    int files = megabytes * 10;
    for (int i = 0; i < files; i++) {
      Path folder = Files.createDirectories(dir.resolve("part-" + i / 100));
      random.nextBytes(noise);
      try (OutputStream file =
          new BufferedOutputStream(Files.newOutputStream(folder.resolve("file-" + i)))) {
        file.write(Base64.getMimeEncoder().encode(noise));
      }
      if ((i + 1) % Math.max(1, files / 5) == 0) {
        programs.time(with(git, "add", "-A"));
        programs.time(with(git, "commit", "-q", "-m", "Part " + i));
      }
    }
    programs.time(with(git, "repack", "-adq"));
    return dir;
  }

  private static List<String> with(List<String> first, String... rest) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(rest));
    return all;
  }

  /** VmHWM, in kB. */
  private long daemonPeak() throws IOException, InterruptedException {
    String status =
        new String(
            programs.output(
                List.of(dist.resolve("bin/banger").toString(), "daemon", "status", "-o", "json")),
            StandardCharsets.UTF_8);
    String pid = status.replaceAll("(?s).*\"pid\"\\s*:\\s*([0-9]+).*", "$1");
    for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  /** What banger itself keeps on disk, without images and disks of VMs. */
  private static long size(Path dir) throws IOException {
    long sum = 0;
    Path plugins = dir.resolve("plugin-data");
    try (Stream<Path> all = Files.walk(Files.exists(plugins) ? plugins : dir)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        try {
          String name = file.toString();
          if (Files.isRegularFile(file) && !name.contains("/images/") && !name.contains("/vms/")) {
            sum += Files.size(file);
          }
        } catch (NoSuchFileException e) {
          // It came and went.
        }
      }
    } catch (UncheckedIOException e) {
      // A directory went away while it was walked: the next look will do.
    }
    return sum;
  }
}
