package dev.banger.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Bringing one commit of 10 MB back from a guest, against git fetch and rsync over SSH from the
 * same directory. All three have the rest already.
 */
final class ExportBench {
  private static final String DIR = "/root/work";

  private final Programs programs;
  private final Path dist;
  private final Path repository;
  private final Path sshConfig;
  private int turn;

  ExportBench(Programs programs, Path dist, Path repository, Path sshConfig) {
    this.programs = programs;
    this.dist = dist;
    this.repository = repository;
    this.sshConfig = sshConfig;
  }

  void run(Pairs pairs, int megabytes, int count) throws Exception {
    banger("vm", "workspace", "prepare", "box", repository.toString(), "--dest", DIR);
    Path copy = programs.home().resolve("copy");
    programs.time(List.of("cp", "-a", repository.toString(), copy.toString()));
    guest(
        "head -c 7500000 /dev/urandom | base64 >new.txt && git add new.txt"
            + " && git -c user.name=b -c user.email=b@example.org commit -qm New");
    String what = "export of 10 MB, %d MB there".formatted(megabytes);
    pairs.compare(what, this::ours, "git fetch over ssh", this::fetch, count);
    pairs.compare(what, this::ours, "rsync -a over ssh", () -> rsync(copy), count);
  }

  private long banger(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(dist.resolve("bin/banger").toString()));
    command.addAll(List.of(words));
    return programs.time(command);
  }

  private void guest(String script) throws IOException, InterruptedException {
    banger("vm", "exec", "box", "--", "sh", "-ec", "cd " + DIR + "; " + script);
  }

  private long git(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-C",
                repository.toString(),
                "-c",
                "gc.auto=0",
                "-c",
                "core.sshCommand=ssh -F " + sshConfig));
    command.addAll(List.of(words));
    return programs.time(command);
  }

  /** What the last one brought is gone: branch, objects and all. */
  private void forget(String branch) throws IOException, InterruptedException {
    git("branch", "-q", "-D", branch);
    git("prune", "--expire=now");
    git("repack", "-adq");
  }

  private long ours() throws Exception {
    String branch = "ours-" + turn++;
    long took =
        banger("vm", "workspace", "export", "box", "--as", "branch", "--from", DIR, "--to", branch);
    forget(branch);
    return took;
  }

  private long fetch() throws Exception {
    String branch = "theirs-" + turn++;
    long took = git("fetch", "-q", "--no-tags", "box:" + DIR, "HEAD:refs/heads/" + branch);
    forget(branch);
    return took;
  }

  private long rsync(Path copy) throws Exception {
    String from = "box:" + DIR + "/";
    long took =
        programs.time(
            List.of("rsync", "-a", "--delete", "-e", "ssh -F " + sshConfig, from, copy.toString()));
    programs.time(List.of("rsync", "-a", "--delete", repository.toString() + "/", copy.toString()));
    return took;
  }
}
