package dev.banger.core.vmm.qemu;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.ProbeInitramfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Boots a kernel with {@link ProbeInitramfs} and looks whether it gets there. */
class ProbeGuest {
  private static final int MAX_OUTPUT = 256 * 1024;
  private static final int MAX_QUOTE = 160;

  /** How long past its deadline a probe may live when nobody is left to end it. */
  private static final int GRACE_SECONDS = 2;

  /** No probe lives this long. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** What a probe's QEMU is called, and where its initramfs is found: together they name it. */
  static final String NAME = "banger-probe,process=banger-probe";

  static final String INITRAMFS_PREFIX = "kvm-probe-";

  private final Commands commands;
  private final Path workDir;

  /**
   * @param workDir where the initramfs is put while it runs
   */
  ProbeGuest(Commands commands, Path workDir) {
    this.commands = commands;
    this.workDir = workDir;
  }

  /**
   * @param problem why it did not boot; empty when it did
   */
  record Attempt(boolean booted, String problem) {}

  Attempt boot(Path qemu, Path kernel, Accelerator accelerator, Duration deadline)
      throws InterruptedException {
    Path initramfs = null;
    try {
      Files.createDirectories(workDir);
      removeAbandoned();
      initramfs = Files.createTempFile(workDir, INITRAMFS_PREFIX, ".cpio");
      Files.write(initramfs, ProbeInitramfs.bytes());
      return boot(argv(qemu, kernel, initramfs, accelerator, deadline), deadline);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot write the probe guest to " + workDir, "", List.of(), e);
    } finally {
      delete(initramfs);
    }
  }

  /** What a probe whose daemon died has left. */
  private void removeAbandoned() throws IOException {
    Instant old = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(workDir, INITRAMFS_PREFIX + "*.cpio")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
          delete(file);
        }
      }
    }
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // Less than a KiB stays behind; the next probe tries again.
      }
    }
  }

  private Attempt boot(List<String> argv, Duration deadline) throws InterruptedException {
    Output console = new Output();
    try {
      Commands.Result result = commands.run(Commands.Call.of(deadline, argv).withStdout(console));
      if (console.text().contains(ProbeInitramfs.MARKER)) {
        return new Attempt(true, "");
      }
      return new Attempt(false, complaint(result));
    } catch (BangerException e) {
      if (e.kind() != ErrorKind.TIMEOUT) {
        throw e;
      }
      return console.text().contains(ProbeInitramfs.MARKER)
          ? new Attempt(true, "")
          : new Attempt(false, "could not boot a guest within %s".formatted(seconds(deadline)));
    }
  }

  private static List<String> argv(
      Path qemu, Path kernel, Path initramfs, Accelerator accelerator, Duration deadline) {
    List<String> argv = new ArrayList<>();
    // timeout(1) ends it even when this process dies meanwhile: a guest under a broken KVM spins.
    argv.addAll(
        List.of(
            "timeout",
            "--signal=KILL",
            Long.toString(deadline.toSeconds() + GRACE_SECONDS),
            QemuOption.plain("qemu", qemu)));
    argv.addAll(QemuCommandLine.machineArguments(accelerator));
    argv.addAll(List.of("-name", NAME, "-smp", "1", "-m", "256M"));
    argv.addAll(List.of("-kernel", QemuOption.plain("kernel", kernel)));
    argv.addAll(List.of("-initrd", QemuOption.plain("initrd", initramfs)));
    argv.addAll(List.of("-append", KernelArguments.of(accelerator, List.of())));
    argv.addAll(List.of("-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"));
    return argv;
  }

  /** QEMU's first error, since an assertion that follows from it says less. */
  private static String complaint(Commands.Result result) {
    List<String> lines =
        result.stderr().lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    String line =
        lines.stream()
            .filter(text -> text.contains("error") || text.contains("failed to"))
            .findFirst()
            .orElse(lines.isEmpty() ? "exit code " + result.exitCode() : lines.getLast());
    String said = line.replaceFirst("^\\S*qemu-system-\\S+: ", "");
    return "could not boot a guest (QEMU: %s)"
        .formatted(said.substring(0, Math.min(said.length(), MAX_QUOTE)));
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  /** Keeps the beginning; a guest may print for ever. */
  private static final class Output extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (kept.size() < MAX_OUTPUT) {
        kept.write(b);
      }
    }

    synchronized String text() {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }
}
