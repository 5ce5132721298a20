package dev.banger.core.disk;

import static dev.banger.core.disk.TrialHost.LIMIT;
import static dev.banger.core.disk.TrialHost.MIB;
import static dev.banger.core.disk.TrialHost.read;
import static dev.banger.core.disk.TrialHost.say;
import static dev.banger.core.disk.TrialHost.write;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;

/**
 * Tries root disks out on the kernel of the machine that it runs on, as root, and changes its
 * devices; meant for a guest. Prints a line per case.
 *
 * <p>Arguments: a folder of its own, then {@code first} or, after a reboot, {@code again}.
 */
public final class DiskTrial {
  private static final VmId SURVIVOR = new VmId("0123456789ab");
  private static final byte[] WORDS = new byte[4096];

  static {
    Arrays.fill(WORDS, (byte) 'w');
  }

  private final TrialHost host;
  private final Path home;
  private boolean failed;

  private DiskTrial(Path home) throws IOException {
    this.home = home;
    this.host = new TrialHost(home);
  }

  public static void main(String[] arguments) throws Exception {
    DiskTrial trial = new DiskTrial(Path.of(arguments[0]));
    if (arguments[1].equals("first")) {
      trial.first();
    } else {
      trial.again();
    }
    System.exit(trial.failed ? 1 : 0);
  }

  private void first() throws InterruptedException {
    run("this-kernel-can", this::thisKernelCan);
    run("one-image-device-for-all", this::oneImageDeviceForAll);
    run("cost", this::cost);
    // It looks at every device that comes or was written to, which takes most of the time.
    udev("stop");
    try {
      run("write-and-read-back", this::writeAndReadBack);
      run("without-udev", this::withoutUdev);
      run("no-process-for-nothing", this::noProcessForNothing);
      run("grow", this::grow);
      run("every-block-may-change", this::everyBlockMayChange);
      run("full", this::full);
      run("host-full", this::hostFull);
      run("busy-for-a-while", this::busyForAWhile);
      run("busy-for-good", this::busyForGood);
      run("killed-while-attaching", this::killedWhileAttaching);
      run("killed-while-detaching", this::killedWhileDetaching);
      run("foreign-devices", this::foreignDevices);
      run("image-replaced", this::imageReplaced);
      run("sweep", this::sweep);
    } finally {
      udev("start");
    }
    run("before-the-reboot", this::beforeTheReboot);
  }

  private void again() {
    run("after-the-reboot", this::afterTheReboot);
  }

  private static void udev(String verb) throws InterruptedException {
    say(
        "systemctl",
        verb,
        "systemd-udevd-control.socket",
        "systemd-udevd-kernel.socket",
        "systemd-udevd.service");
  }

  private interface Case {
    String run() throws Exception;
  }

  private void run(String name, Case body) {
    long start = System.nanoTime();
    String said;
    try {
      said = "ok " + name + ": " + body.run();
      if (!name.startsWith("before")) {
        List<String> left = TrialHost.devices();
        check(left.isEmpty(), "left behind: " + left);
      }
    } catch (Exception | Error e) {
      failed = true;
      StringBuilder why = new StringBuilder("FAILED " + name + ": " + e);
      for (StackTraceElement frame : e.getStackTrace()) {
        if (frame.getClassName().startsWith("dev.banger")) {
          why.append(" < ").append(frame.getFileName()).append(':').append(frame.getLineNumber());
        }
      }
      if (e instanceof BangerException told) {
        why.append(" details ").append(told.details());
      }
      said = why.toString();
      clearUp();
    }
    System.out.printf("%s (%d ms)%n", said, (System.nanoTime() - start) / 1_000_000);
  }

  /** So that one case's failure is not the next one's. */
  private static void clearUp() {
    try {
      Commands commands = new ProcessCommands();
      var _ = commands.run(Commands.Call.of(LIMIT, "dmsetup", "remove_all"));
      var _ = commands.run(Commands.Call.of(LIMIT, "losetup", "--detach-all"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void check(boolean truth, String otherwise) {
    if (!truth) {
      throw new AssertionError(otherwise);
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private static BangerException refused(ErrorKind kind, Action action) throws Exception {
    try {
      action.run();
    } catch (BangerException e) {
      check(e.kind() == kind, "refused with " + e.kind() + ": " + e.getMessage());
      return e;
    }
    throw new AssertionError("not refused");
  }

  private String thisKernelCan() {
    var suitability = host.strategy().suitability();
    check(suitability.usable(), suitability.toString());
    return suitability.reason();
  }

  private String writeAndReadBack() throws Exception {
    Image image = host.image("noise", 8);
    byte[] before = Files.readAllBytes(image.rootfs());
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 8, LIMIT);
    check(TrialHost.devices().isEmpty(), "creation made a device");
    disks.attach(image, vm, LIMIT);
    Disk disk = disks.disk(vm);
    check(Arrays.equals(read(disk.file(), 0, (int) (8 * MIB)), before), "not the image");
    write(disk, 3 * MIB, WORDS);
    disks.attach(image, vm, LIMIT);
    disks.detach(vm, LIMIT);
    check(TrialHost.devices().isEmpty(), "still there: " + TrialHost.devices());
    host.strategy().attach(image, vm, LIMIT);
    check(Arrays.equals(read(disk.file(), 3 * MIB, WORDS.length), WORDS), "not what was written");
    check(
        Arrays.equals(
            read(disk.file(), 4 * MIB, 4096),
            Arrays.copyOfRange(before, 4 << 20, (4 << 20) + 4096)),
        "another block changed");
    host.strategy().detach(vm, LIMIT);
    check(Arrays.equals(Files.readAllBytes(image.rootfs()), before), "the image was written to");
    return "the image stays as it is";
  }

  private String noProcessForNothing() throws Exception {
    TrialCommands commands = new TrialCommands();
    DmSnapshotStrategy disks = host.strategy(commands);
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    disks.create(image, vm, 64, LIMIT);
    disks.detach(vm, LIMIT);
    disks.sweep(id -> false, LIMIT);
    var _ = disks.pressure(vm);
    check(commands.calls().isEmpty(), commands.calls().toString());
    return "create, detach, pressure and sweep start none";
  }

  private String oneImageDeviceForAll() throws Exception {
    TrialCommands commands = new TrialCommands();
    DmSnapshotStrategy disks = host.strategy(commands);
    Image image = host.image("noise", 8);
    VmPaths one = host.vm();
    VmPaths two = host.vm();
    disks.create(image, one, 8, LIMIT);
    disks.create(image, two, 8, LIMIT);
    disks.attach(image, one, LIMIT);
    int first = commands.calls().size();
    disks.attach(image, two, LIMIT);
    int second = commands.calls().size() - first;
    String loops =
        say("losetup", "--list", "--noheadings", "--output", "NAME,AUTOCLEAR,RO,DIO,BACK-FILE");
    check(loops.lines().filter(line -> line.contains("rootfs.img")).count() == 1, loops);
    check(loops.lines().count() == 3, loops);
    check(loops.lines().allMatch(line -> line.contains(" 1 ")), loops);
    disks.detach(one, LIMIT);
    write(disks.disk(two), 0, WORDS);
    check(Arrays.equals(read(disks.disk(two).file(), 0, WORDS.length), WORDS), "two is broken");
    disks.detach(two, LIMIT);
    return "%d processes for the first VM, %d for the next".formatted(first, second);
  }

  private String grow() throws Exception {
    Image image = host.fileSystem("ext4", 16);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 48, LIMIT);
    disks.attach(image, vm, LIMIT);
    String device = disks.disk(vm).file().toString();
    check(say("blockdev", "--getsize64", device).strip().equals("" + 48 * MIB), "its size");
    say("e2fsck", "-fp", device);
    say("resize2fs", device);
    Path mount = Files.createDirectories(home.resolve("mount"));
    say("mount", device, mount.toString());
    Files.write(mount.resolve("large"), new byte[(int) (28 * MIB)]);
    say("umount", mount.toString());
    disks.detach(vm, LIMIT);
    disks.attach(image, vm, LIMIT);
    say("e2fsck", "-fn", device);
    disks.detach(vm, LIMIT);
    return "16 MiB of file system became 48, and hold 28 MiB";
  }

  private String everyBlockMayChange() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    byte[] other = new byte[(int) MIB];
    Arrays.fill(other, (byte) 7);
    for (int at = 0; at < 16; at++) {
      write(disks.disk(vm), at * MIB, other);
    }
    Pressure pressure = host.strategy().pressure(vm).orElseThrow();
    check(!pressure.lost(), "lost");
    disks.detach(vm, LIMIT);
    disks.attach(image, vm, LIMIT);
    for (int at = 0; at < 16; at++) {
      check(Arrays.equals(read(disks.disk(vm).file(), at * MIB, other.length), other), "MiB " + at);
    }
    disks.detach(vm, LIMIT);
    return pressure.percent() + " % used and not lost";
  }

  private String full() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 8, LIMIT);
    try (RandomAccessFile changes = new RandomAccessFile(vm.rootChanges().toFile(), "rw")) {
      changes.setLength(MIB);
    }
    disks.attach(image, vm, LIMIT);
    int warned = fill(host, vm, 8, 1);
    check(warned >= 80, "only %d %% before it was lost".formatted(warned));
    return lost(disks, image, vm) + ", " + warned + " % before";
  }

  private String hostFull() throws Exception {
    Path small = Files.createDirectories(home.resolve("small"));
    say("mount", "-t", "tmpfs", "-o", "size=300m", "small", small.toString());
    try {
      TrialHost inside = new TrialHost(small);
      Image image = inside.image("noise", 8);
      VmPaths vm = inside.vm();
      DmSnapshotStrategy disks = inside.strategy();
      disks.create(image, vm, 64, LIMIT);
      try (RandomAccessFile filler = new RandomAccessFile(small.resolve("filler").toFile(), "rw")) {
        byte[] block = new byte[(int) MIB];
        for (int i = 0; i < 286; i++) {
          filler.write(block);
        }
      }
      refused(ErrorKind.HOST, () -> disks.create(image, inside.vm(), 8, LIMIT));
      disks.attach(image, vm, LIMIT);
      Pressure first = inside.strategy().pressure(vm).orElseThrow();
      check(first.percent() >= 95 && !first.lost(), first.toString());
      int warned = fill(inside, vm, 64, 16);
      check(warned >= 95, "only %d %% before it was lost".formatted(warned));
      return lost(disks, image, vm) + ", " + warned + " % before";
    } finally {
      say("umount", small.toString());
    }
  }

  /** Writes until the disk breaks; what was said last while it was whole. */
  private static int fill(TrialHost host, VmPaths vm, int mib, int every) throws Exception {
    int warned = 0;
    byte[] block = new byte[64 << 10];
    Arrays.fill(block, (byte) 5);
    for (int at = 0; at < mib * 16; at++) {
      Pressure pressure =
          at % every == 0 ? host.strategy().pressure(vm).orElseThrow() : new Pressure(0, false, "");
      if (pressure.lost()) {
        return warned;
      }
      warned = Math.max(warned, pressure.percent());
      try {
        write(host.strategy().disk(vm), at * (64L << 10), block);
      } catch (IOException e) {
        return warned;
      }
    }
    throw new AssertionError("it never ran full");
  }

  private static String lost(DmSnapshotStrategy disks, Image image, VmPaths vm) throws Exception {
    Pressure pressure = disks.pressure(vm).orElseThrow();
    check(pressure.lost() && !pressure.hint().isEmpty(), pressure.toString());
    BangerException again = refused(ErrorKind.CONFLICT, () -> disks.attach(image, vm, LIMIT));
    check(again.getMessage().contains("lost"), again.getMessage());
    disks.detach(vm, LIMIT);
    check(disks.pressure(vm).orElseThrow().lost(), "forgotten");
    return "lost is told and stays so";
  }

  private String busyForAWhile() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    TrialCommands commands = new TrialCommands();
    DmSnapshotStrategy disks = host.strategy(commands);
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    int before = commands.calls().size();
    try (FileChannel open = FileChannel.open(disks.disk(vm).file(), StandardOpenOption.READ)) {
      Thread closing =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Thread.sleep(700);
                      open.close();
                    } catch (IOException | InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      disks.detach(vm, LIMIT);
      closing.join();
    }
    check(TrialHost.devices().isEmpty(), "still there");
    List<String> calls = commands.calls().subList(before, commands.calls().size());
    check(calls.size() > 1 && calls.stream().noneMatch(c -> c.contains("--deferred")), "" + calls);
    return "removed at try " + calls.size();
  }

  private String busyForGood() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.impatient();
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    write(disks.disk(vm), 0, WORDS);
    try (FileChannel open = FileChannel.open(disks.disk(vm).file(), StandardOpenOption.READ)) {
      check(open.isOpen(), "not open");
      disks.detach(vm, LIMIT);
      check(say("dmsetup", "ls").contains(vm.id().value()), "forced away under its user");
      check(
          Arrays.equals(read(disks.disk(vm).file(), 0, WORDS.length), WORDS),
          "broken for its user");
    }
    check(TrialHost.devices().isEmpty(), "it did not go with its last user");

    disks.attach(image, vm, LIMIT);
    try (FileChannel open = FileChannel.open(disks.disk(vm).file(), StandardOpenOption.READ)) {
      check(open.isOpen(), "not open");
      say("dmsetup", "remove", "--deferred", "banger-" + vm.id());
      host.strategy().attach(image, vm, LIMIT);
    }
    Thread.sleep(200);
    check(
        Arrays.equals(read(disks.disk(vm).file(), 0, WORDS.length), WORDS), "taken up, then gone");
    disks.detach(vm, LIMIT);
    return "goes with its last user, unless it is taken up before";
  }

  /** What was not run yet when a daemon is killed makes no difference; the last that was does. */
  private String killedWhileAttaching() throws Exception {
    Image image = host.image("noise", 8);
    for (int last = 1; ; last++) {
      VmPaths vm = host.vm();
      host.strategy().create(image, vm, 16, LIMIT);
      if (survives(image, vm, last)) {
        host.strategy().detach(vm, LIMIT);
        return last - 1 + " points, then attached and detached";
      }
      host.strategy().attach(image, vm, LIMIT);
      write(host.strategy().disk(vm), 0, WORDS);
      host.strategy().detach(vm, LIMIT);
      check(TrialHost.devices().isEmpty(), "command %d: %s".formatted(last, TrialHost.devices()));

      check(!survives(image, vm, last), "it did not die a second time");
      host.strategy().detach(vm, LIMIT);
      check(TrialHost.devices().isEmpty(), "command %d: %s".formatted(last, TrialHost.devices()));
    }
  }

  private boolean survives(Image image, VmPaths vm, int last) {
    try {
      host.strategy(new TrialCommands(last)).attach(image, vm, LIMIT);
      return true;
    } catch (TrialCommands.Killed e) {
      return false;
    }
  }

  private String killedWhileDetaching() throws Exception {
    Image image = host.image("noise", 8);
    for (int last = 1; ; last++) {
      VmPaths vm = host.vm();
      host.strategy().create(image, vm, 16, LIMIT);
      host.strategy().attach(image, vm, LIMIT);
      write(host.strategy().disk(vm), 0, WORDS);
      try {
        host.strategy(new TrialCommands(last)).detach(vm, LIMIT);
        return last - 1 + " points";
      } catch (TrialCommands.Killed e) {
        host.strategy().attach(image, vm, LIMIT);
      }
      check(
          Arrays.equals(read(host.strategy().disk(vm).file(), 0, WORDS.length), WORDS),
          "not what was written");
      host.strategy().detach(vm, LIMIT);
      check(TrialHost.devices().isEmpty(), "command %d: %s".formatted(last, TrialHost.devices()));
    }
  }

  private String foreignDevices() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 8, LIMIT);
    String name = "banger-" + vm.id();
    say("dmsetup", "create", name, "--table", "0 8 zero");
    say("dmsetup", "create", "other", "--uuid", "LVM-x", "--table", "0 8 zero");
    say(
        "dmsetup",
        "create",
        "banger-ffffffffffff",
        "--uuid",
        "BANGER-ffffffffffff",
        "--table",
        "0 8 zero");
    Path file = home.resolve("theirs.img");
    Files.write(file, new byte[(int) MIB]);
    String loop = say("losetup", "--find", "--show", file.toString()).strip();
    try {
      BangerException e = refused(ErrorKind.CONFLICT, () -> disks.attach(image, vm, LIMIT));
      disks.detach(vm, LIMIT);
      disks.sweep(id -> false, LIMIT);
      String mapped = say("dmsetup", "ls");
      check(mapped.contains(name) && mapped.contains("other") && mapped.contains("ffff"), mapped);
      check(say("losetup", "--list", "--noheadings").lines().count() == 1, "loop devices");
      return e.getMessage();
    } finally {
      say("dmsetup", "remove", name, "other", "banger-ffffffffffff");
      say("losetup", "--detach", loop);
    }
  }

  private String imageReplaced() throws Exception {
    Image image = host.image("fleeting", 2);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 2, LIMIT);
    FileTime then = Files.getLastModifiedTime(image.rootfs());
    Files.setLastModifiedTime(image.rootfs(), FileTime.fromMillis(then.toMillis() + 5));
    String first = refused(ErrorKind.CONFLICT, () -> disks.attach(image, vm, LIMIT)).getMessage();
    Files.setLastModifiedTime(image.rootfs(), then);
    disks.attach(image, vm, LIMIT);
    disks.detach(vm, LIMIT);
    Files.delete(image.rootfs());
    refused(ErrorKind.CONFLICT, () -> disks.attach(image, vm, LIMIT));
    disks.detach(vm, LIMIT);
    return first;
  }

  private String sweep() throws Exception {
    Image image = host.image("noise", 8);
    DmSnapshotStrategy disks = host.strategy();
    VmPaths kept = host.vm();
    VmPaths orphan = host.vm();
    VmPaths deleted = host.vm();
    for (VmPaths vm : List.of(kept, orphan, deleted)) {
      disks.create(image, vm, 16, LIMIT);
      disks.attach(image, vm, LIMIT);
    }
    Files.delete(deleted.rootChanges());
    Files.delete(SnapshotNote.file(deleted));
    Files.delete(deleted.dir());
    TrialHost other = new TrialHost(home.resolve("another"));
    other.strategy().sweep(id -> false, LIMIT);
    check(say("dmsetup", "ls").lines().count() == 6, "another installation swept ours");
    host.strategy().sweep(kept.id()::equals, LIMIT);
    String mapped = say("dmsetup", "ls");
    check(mapped.lines().count() == 2 && mapped.contains(kept.id().value()), mapped);
    disks.detach(kept, LIMIT);
    return "devices of no VM, also of one whose files are gone";
  }

  private String withoutUdev() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm();
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    write(disks.disk(vm), 0, WORDS);
    Files.delete(disks.disk(vm).file());
    host.strategy().attach(image, vm, LIMIT);
    check(Arrays.equals(read(disks.disk(vm).file(), 0, WORDS.length), WORDS), "its node");
    disks.detach(vm, LIMIT);
    check(!Files.exists(disks.disk(vm).file()), "the node stayed");
    return "nodes come and go all the same";
  }

  private String cost() throws Exception {
    int mib = 64;
    Image image = host.image("large", mib);
    say("sync");
    long copying = Long.MAX_VALUE;
    for (int i = 0; i < 2; i++) {
      Path copy = home.resolve("copy.img");
      long start = System.nanoTime();
      say("cp", "--reflink=never", image.rootfs().toString(), copy.toString());
      copying = Math.min(copying, System.nanoTime() - start);
      Files.delete(copy);
    }
    StringBuilder said =
        new StringBuilder("cp of %d MiB %d ms".formatted(mib, copying / 1_000_000));
    for (int disk : List.of(mib, 2 * mib)) {
      TrialCommands commands = new TrialCommands();
      DmSnapshotStrategy disks = host.strategy(commands);
      VmPaths first = host.vm();
      disks.create(image, first, disk, LIMIT);
      disks.attach(image, first, LIMIT);
      int processes = commands.calls().size();
      long best = Long.MAX_VALUE;
      int more = 0;
      for (int i = 0; i < 2; i++) {
        VmPaths vm = host.vm();
        int before = commands.calls().size();
        long start = System.nanoTime();
        disks.create(image, vm, disk, LIMIT);
        disks.attach(image, vm, LIMIT);
        best = Math.min(best, System.nanoTime() - start);
        more = commands.calls().size() - before;
        disks.detach(vm, LIMIT);
      }
      disks.detach(first, LIMIT);
      said.append(
          "; %s: create and attach %d ms = %.2f of cp, %d processes, then %d"
              .formatted(
                  disk == mib ? "as large as the image" : "larger",
                  best / 1_000_000,
                  (double) best / copying,
                  processes,
                  more));
    }
    return said.toString();
  }

  private String beforeTheReboot() throws Exception {
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm(SURVIVOR);
    DmSnapshotStrategy disks = host.strategy();
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    write(disks.disk(vm), 9 * MIB, WORDS);
    return "a disk is attached and written to";
  }

  private String afterTheReboot() throws Exception {
    check(TrialHost.devices().isEmpty(), "devices came back: " + TrialHost.devices());
    Image image = host.image("noise", 8);
    VmPaths vm = host.vm(SURVIVOR);
    DmSnapshotStrategy disks = host.strategy();
    check(disks.owns(vm), "no disk");
    check(!disks.pressure(vm).orElseThrow().lost(), "lost");
    disks.attach(image, vm, LIMIT);
    check(
        Arrays.equals(read(disks.disk(vm).file(), 9 * MIB, WORDS.length), WORDS),
        "not what was written");
    disks.detach(vm, LIMIT);
    return "what was written is there";
  }
}
