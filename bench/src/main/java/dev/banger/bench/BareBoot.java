package dev.banger.bench;

import dev.banger.core.disk.CpioWriter;
import dev.banger.core.guest.SocketGuestConnector;
import dev.banger.core.lifecycle.GuestLink;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What booting costs without banger: QEMU with the arguments, kernel, initramfs and disks that a VM
 * of banger's had, as far as a shell on its root disk.
 */
final class BareBoot {
  private static final String MARK = "first-shell";

  /** What any initramfs does: drivers, root disk, and on to a program there. */
  private static final String TO_A_SHELL =
      """
      #!/bin/busybox sh
      PATH=/bin
      busybox mkdir -p /proc /sys /dev /newroot
      busybox mount -t proc proc /proc
      busybox mount -t sysfs sysfs /sys
      busybox mount -t devtmpfs dev /dev
      exec </dev/console >/dev/console 2>&1
      for list in order later; do
        while read -r module; do busybox insmod /modules/$module; done </modules/$list
      done
      while [ ! -b /dev/vda ]; do busybox sleep 0.02; done
      busybox mount -t ext4 -o rw,noatime /dev/vda /newroot
      busybox mount -o bind /dev /newroot/dev
      cd /newroot
      exec busybox chroot . /bin/sh -c 'echo %s >/dev/console; while :; do sleep 60; done'
      """
          .formatted(MARK);

  private static final Pattern DISK = Pattern.compile("file\\.filename=([^,]*)");
  private static final Duration DEADLINE = Duration.ofMinutes(3);

  private final Programs programs;
  private final Path dir;
  private final List<String> command = new ArrayList<>();

  /** Copies to be made before each run, for a run changes them. */
  private final Map<Path, Path> disks = new LinkedHashMap<>();

  private BareBoot(Programs programs, Path dir) {
    this.programs = programs;
    this.dir = dir;
  }

  /**
   * @param running the arguments of a running VM's QEMU
   * @param dir for our own copies, and what this QEMU writes
   */
  static BareBoot like(List<String> running, Path dir, Programs programs) throws IOException {
    BareBoot boot = new BareBoot(programs, dir);
    Iterator<String> words = running.iterator();
    while (words.hasNext()) {
      boot.take(words.next(), words);
    }
    return boot;
  }

  private void take(String word, Iterator<String> words) throws IOException {
    switch (word) {
      case "-S" -> {}
      case "-mon", "-pidfile" -> words.next();
      case "-chardev" -> {
        String device = words.next();
        if (!device.contains("id=qmp")) {
          Path file = device.startsWith("file,") ? console() : agent();
          command.addAll(List.of(word, device.replaceAll("path=[^,]*", "path=" + file)));
        }
      }
      case "-initrd" -> {
        initrds(Path.of(words.next()));
        command.addAll(List.of(word, dir.resolve("initrd").toString()));
      }
      case "-blockdev" -> command.addAll(List.of(word, ownDisk(words.next())));
      // Forwarded ports may be in use; a bare boot needs none.
      case "-netdev" ->
          command.addAll(List.of(word, words.next().replaceAll(",hostfwd=[^,]*", "")));
      default -> command.add(word);
    }
  }

  private Path console() {
    return dir.resolve("console");
  }

  private Path agent() {
    return dir.resolve("agent.sock");
  }

  /** The VM's own, and the same with another first program: it comes last, so it counts. */
  private void initrds(Path original) throws IOException {
    Path own = dir.resolve("initrd-agent");
    Path shell = dir.resolve("initrd-shell");
    Files.copy(original, own);
    Files.copy(original, shell);
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(shell, StandardOpenOption.APPEND))) {
      out.write(new byte[(int) (-Files.size(original) & 511)]);
      CpioWriter cpio = new CpioWriter(out);
      cpio.file("init", 0755, TO_A_SHELL.getBytes(StandardCharsets.UTF_8));
      cpio.close();
    }
  }

  private String ownDisk(String option) {
    Matcher file = DISK.matcher(option);
    if (option.contains("read-only=on") || !file.find()) {
      return option;
    }
    Path original = Path.of(file.group(1));
    Path copy = dir.resolve(original.getFileName());
    disks.put(original, dir.resolve(original.getFileName() + ".fresh"));
    return option.replace(file.group(), "file.filename=" + copy);
  }

  /** Keeps the disks as they are now; the VM must be down. */
  void keepDisks() throws IOException, InterruptedException {
    for (Map.Entry<Path, Path> disk : disks.entrySet()) {
      copy(disk.getKey(), disk.getValue());
    }
  }

  /** From the start of QEMU to a shell's first words. */
  Cost toShell() throws IOException, InterruptedException {
    return run("initrd-shell", () -> Files.exists(console()) && text(console()).contains(MARK));
  }

  /** From the start of QEMU until the guest's agent has greeted; nothing else of banger's runs. */
  Cost toAgent() throws IOException, InterruptedException {
    return run(
        "initrd-agent",
        () -> {
          if (!Files.exists(agent())) {
            return false;
          }
          try (GuestLink link = new SocketGuestConnector().connect(agent(), DEADLINE)) {
            return !link.hello().kernel().isEmpty();
          }
        });
  }

  private interface Goal {
    boolean reached() throws IOException, InterruptedException;
  }

  private Cost run(String initrd, Goal goal) throws IOException, InterruptedException {
    Files.deleteIfExists(console());
    Files.deleteIfExists(agent());
    Files.deleteIfExists(dir.resolve("initrd"));
    Files.createLink(dir.resolve("initrd"), dir.resolve(initrd));
    for (Path disk : disks.keySet()) {
      copy(dir.resolve(disk.getFileName() + ".fresh"), dir.resolve(disk.getFileName()));
    }
    Path log = dir.resolve("qemu.log");
    long started = System.nanoTime();
    Process qemu = programs.start(command, log.toFile());
    try {
      while (!goal.reached()) {
        if (!qemu.isAlive()) {
          throw new IOException("QEMU ended: " + text(log));
        }
        if (System.nanoTime() - started > DEADLINE.toNanos()) {
          throw new IOException("no mark on the console: " + text(console()));
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      return new Cost(System.nanoTime() - started, ProcessCpu.own(qemu.pid()));
    } finally {
      qemu.destroyForcibly().waitFor();
    }
  }

  private void copy(Path from, Path to) throws IOException, InterruptedException {
    programs.time(List.of("cp", "--sparse=always", from.toString(), to.toString()));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  /**
   * @param nanos on the clock
   * @param cpu seconds of CPU time
   */
  record Cost(long nanos, double cpu) {
    double seconds() {
      return nanos / 1e9;
    }
  }
}
