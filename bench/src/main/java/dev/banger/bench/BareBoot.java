package dev.banger.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What booting costs without banger: the same QEMU arguments, kernel, initramfs and disks as a VM
 * of banger's had, until the kernel has started its first program and that has said so on the
 * console.
 */
final class BareBoot {
  private static final String MARK = "first-program";

  /** Process 1 gets no console from the kernel, for the initramfs has no /dev yet. */
  private static final String FIRST_PROGRAM =
      " rdinit=/bin/busybox -- sh -c \"/bin/busybox mkdir -p /dev;"
          + " /bin/busybox mount -t devtmpfs dev /dev;"
          + " echo "
          + MARK
          + " >/dev/console; exec /bin/busybox sleep 300\"";

  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final Programs programs;
  private final List<String> command;
  private final Path console;

  private BareBoot(Programs programs, List<String> command, Path console) {
    this.programs = programs;
    this.command = command;
    this.console = console;
  }

  /**
   * @param running the arguments of a running VM's QEMU
   * @param dir for our own copies of what does not outlive the VM's run
   */
  static BareBoot like(List<String> running, Path dir, Programs programs) throws IOException {
    Path console = dir.resolve("console");
    List<String> command = new ArrayList<>();
    Iterator<String> words = running.iterator();
    while (words.hasNext()) {
      String word = words.next();
      switch (word) {
        case "-S" -> {}
        case "-mon", "-pidfile" -> words.next();
        case "-chardev" -> {
          String device = words.next();
          if (!device.contains("id=qmp")) {
            command.add(word);
            command.add(ownChardev(device, dir, console));
          }
        }
        case "-initrd" -> {
          Path copy = dir.resolve("initrd");
          Files.copy(Path.of(words.next()), copy);
          command.add(word);
          command.add(copy.toString());
        }
        case "-append" -> {
          command.add(word);
          command.add(words.next() + FIRST_PROGRAM);
        }
        case "-netdev" -> {
          // Forwarded ports may be in use; a bare boot needs none.
          command.add(word);
          command.add(words.next().replaceAll(",hostfwd=[^,]*", ""));
        }
        default -> command.add(word);
      }
    }
    return new BareBoot(programs, command, console);
  }

  private static String ownChardev(String device, Path dir, Path console) {
    Path file = device.startsWith("file,") ? console : dir.resolve("agent.sock");
    return device.replaceAll("path=[^,]*", "path=" + file);
  }

  /** Nanoseconds from before the start of QEMU until the mark is on the console. */
  long run() throws IOException, InterruptedException {
    Files.deleteIfExists(console);
    Files.deleteIfExists(console.resolveSibling("agent.sock"));
    Path log = console.resolveSibling("qemu.log");
    long started = System.nanoTime();
    Process qemu = programs.start(command, log.toFile());
    try {
      while (!Files.exists(console) || !text(console).contains(MARK)) {
        if (!qemu.isAlive()) {
          throw new IOException("QEMU ended: " + text(log));
        }
        if (System.nanoTime() - started > DEADLINE_NANOS) {
          throw new IOException("no mark on the console: " + text(console));
        }
        LockSupport.parkNanos(1_000_000);
      }
      return System.nanoTime() - started;
    } finally {
      qemu.destroyForcibly().waitFor();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
