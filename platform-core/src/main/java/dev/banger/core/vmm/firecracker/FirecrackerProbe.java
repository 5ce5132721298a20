package dev.banger.core.vmm.firecracker;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.vmm.KvmProbe;
import dev.banger.core.vmm.PlainJson;
import dev.banger.core.vmm.ProbeInitramfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Boots a kernel with {@link ProbeInitramfs} under Firecracker, without its API, and looks whether
 * it gets there.
 */
final class FirecrackerProbe implements KvmProbe.Boot {
  private static final int MAX_OUTPUT = 256 * 1024;
  private static final int MAX_QUOTE = 160;
  private static final int MEMORY_MIB = 256;

  /** How long past its deadline a probe may live when nobody is left to end it. */
  private static final int GRACE_SECONDS = 2;

  /** What a probe's Firecracker is called, and where its files are: together they name it. */
  static final String ID = "banger-probe";

  static final String FILE_PREFIX = "firecracker-probe-";

  private final Commands commands;
  private final Path workDir;

  /**
   * @param workDir where its files are put while it runs
   */
  FirecrackerProbe(Commands commands, Path workDir) {
    this.commands = commands;
    this.workDir = workDir;
  }

  @Override
  public String vmm() {
    return FirecrackerDriver.NAME;
  }

  @Override
  public String wayOut() {
    return "take the other driver: --driver qemu";
  }

  @Override
  public KvmProbe.Outcome boot(Path binary, Path kernel, Duration deadline)
      throws InterruptedException {
    Path initramfs = null;
    Path config = null;
    try {
      Files.createDirectories(workDir);
      initramfs = Files.createTempFile(workDir, FILE_PREFIX, ".cpio");
      Files.write(initramfs, ProbeInitramfs.bytes());
      config = Files.createTempFile(workDir, FILE_PREFIX, ".json");
      Files.write(config, PlainJson.write(machine(kernel, initramfs)));
      return boot(argv(binary, config, deadline), deadline);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot write the probe guest to " + workDir, "", List.of(), e);
    } finally {
      delete(initramfs);
      delete(config);
    }
  }

  private KvmProbe.Outcome boot(List<String> argv, Duration deadline) throws InterruptedException {
    Output console = new Output();
    String problem;
    try {
      Commands.Result result = commands.run(Commands.Call.of(deadline, argv).withStdout(console));
      String said = complaint(console.text(), result);
      if (said.contains("KernelLoader")) {
        // Not KVM's fault, so it must not be held against it.
        throw new BangerException(
            ErrorKind.INVALID,
            "Firecracker cannot boot this kernel: " + said,
            "import the image again");
      }
      problem = "could not boot a guest (Firecracker: %s)".formatted(said);
    } catch (BangerException e) {
      if (e.kind() != ErrorKind.TIMEOUT) {
        throw e;
      }
      problem = "could not boot a guest within %d ms".formatted(deadline.toMillis());
    }
    return console.text().contains(ProbeInitramfs.MARKER)
        ? new KvmProbe.Outcome(true, "", "")
        : new KvmProbe.Outcome(false, "", problem);
  }

  private static Map<String, Object> machine(Path kernel, Path initramfs) {
    return Map.of(
        "boot-source",
        Map.of(
            "kernel_image_path",
            kernel.toAbsolutePath().toString(),
            "initrd_path",
            initramfs.toAbsolutePath().toString(),
            "boot_args",
            GuestArguments.ofProbe()),
        "drives",
        List.of(),
        "machine-config",
        Map.of("vcpu_count", 1, "mem_size_mib", MEMORY_MIB));
  }

  private static List<String> argv(Path binary, Path config, Duration deadline) {
    // timeout(1) ends it even when this process dies meanwhile: a guest under a broken KVM spins.
    return List.of(
        "timeout",
        "--signal=KILL",
        Long.toString(deadline.toSeconds() + GRACE_SECONDS),
        binary.toString(),
        "--id",
        ID,
        "--no-api",
        "--config-file",
        config.toString());
  }

  /** Its last word on an error, without the time and place in front of it. */
  private static String complaint(String output, Commands.Result result) {
    String line =
        (output + "\n" + result.stderr())
            .lines()
            .map(String::strip)
            .filter(text -> !text.isEmpty() && text.chars().noneMatch(Character::isISOControl))
            .filter(text -> text.toLowerCase(Locale.ROOT).contains("error"))
            .filter(text -> !text.contains("exit_code="))
            .reduce((_, last) -> last)
            .orElse("exit code " + result.exitCode());
    String said = FirecrackerLog.withoutOrigin(line);
    return said.substring(0, Math.min(said.length(), MAX_QUOTE));
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // Less than a KiB stays behind.
      }
    }
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
