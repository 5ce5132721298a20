package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.host.IoReasons;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts files behind loop devices and lets go of them. A loop device is held open here while it is
 * not part of anything yet, and already told to go by itself: so it stays as long as it is needed,
 * and goes when this process dies.
 */
final class LoopDevices {
  /** The kernel takes a loop device down when its last user is gone, some milliseconds later. */
  private static final Duration GONE_LIMIT = Duration.ofSeconds(5);

  private final DiskTools tools;
  private final Patience patience;
  private final BlockDevices devices;
  private final Path dev;
  private final Map<Path, Shared> shared = new HashMap<>();

  /**
   * @param dev in place of {@code /dev}
   */
  LoopDevices(DiskTools tools, Patience patience, BlockDevices devices, Path dev) {
    this.tools = tools;
    this.patience = patience;
    this.devices = devices;
    this.dev = dev;
  }

  /** A read-only loop device over an image that several VMs use; which file it was, and when. */
  private record Shared(String device, long sequence, Object fileKey, FileTime modified) {}

  /**
   * A loop device that stays as it is until this is closed.
   *
   * @param goes whether it then goes by itself, unless something else has it open
   */
  record Held(String device, Path node, boolean goes, FileChannel channel) implements Closeable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /**
   * Over an image's root file system, which nobody writes to. One device serves all VMs of the
   * image that this process started: it is known again by its sequence number, which the kernel
   * gives out once. What another process made is never used, for its path may mean another file
   * there.
   */
  synchronized Held ofImage(Path rootfs, TimeLeft time) throws IOException {
    Object fileKey = Files.readAttributes(rootfs, BasicFileAttributes.class).fileKey();
    FileTime modified = Files.getLastModifiedTime(rootfs);
    Shared known = shared.get(rootfs);
    if (known != null && fileKey.equals(known.fileKey) && modified.equals(known.modified)) {
      Optional<Held> again = again(known);
      if (again.isPresent()) {
        return again.get();
      }
    }
    shared.remove(rootfs);
    Held fresh = made(rootfs, losetup(rootfs, List.of("--read-only"), time));
    devices
        .loop(fresh.device())
        .filter(loop -> loop.sequence() >= 0)
        .ifPresent(
            loop ->
                shared.put(rootfs, new Shared(loop.device(), loop.sequence(), fileKey, modified)));
    return fresh;
  }

  /** Held first and looked at then: what is held cannot become another. */
  private Optional<Held> again(Shared known) throws IOException {
    Held held;
    try {
      held = open(known.device(), true);
    } catch (IOException e) {
      return Optional.empty();
    }
    if (devices
        .loop(known.device())
        .filter(loop -> loop.sequence() == known.sequence() && loop.autoclear())
        .isPresent()) {
      return Optional.of(held);
    }
    held.close();
    return Optional.empty();
  }

  /** Over a file that is one VM's alone. Past the page cache, where the file system can do that. */
  Held ofVm(Path file, TimeLeft time) throws IOException {
    Commands.Result result = losetup(file, List.of("--direct-io=on"), time);
    // Some file systems, tmpfs among them, cannot do without the page cache.
    return made(
        file,
        result.stderr().contains("Invalid argument") ? losetup(file, List.of(), time) : result);
  }

  private Held made(Path file, Commands.Result result) throws IOException {
    String said = result.stdout().strip();
    if (result.exitCode() != 0 || !said.matches("/dev/loop[0-9]+")) {
      throw DiskTools.failed("cannot put %s behind a loop device".formatted(file), result);
    }
    return open(said.substring("/dev/".length()), false);
  }

  private Commands.Result losetup(Path file, List<String> options, TimeLeft time) {
    return tools.run(
        time,
        DiskTools.words(
            DiskTools.words(List.of("losetup", "--find", "--show"), options),
            List.of(file.toString())));
  }

  private Held open(String device, boolean goes) throws IOException {
    Path node = dev.resolve(device);
    return new Held(device, node, goes, FileChannel.open(node, StandardOpenOption.READ));
  }

  /** They go by themselves from now on: at once, or when their last user is gone. */
  void letGo(List<String> devices, TimeLeft time) {
    if (devices.isEmpty()) {
      return;
    }
    Commands.Result result =
        tools.run(
            time,
            DiskTools.words(
                List.of("losetup", "--detach"),
                devices.stream().map(device -> "/dev/" + device).toList()));
    if (result.exitCode() != 0 && devices.stream().anyMatch(this::stays)) {
      throw DiskTools.failed("cannot let go of " + String.join(", ", devices), result);
    }
  }

  private boolean stays(String device) {
    return devices.loop(device).filter(loop -> !loop.autoclear()).isPresent();
  }

  /**
   * Sees to it that no loop device is over {@code file}: two at once would write past each other.
   *
   * @throws BangerException of kind CONFLICT when one stays, because somebody has it open
   */
  void clear(Path file, TimeLeft time) {
    List<BlockDevices.Loop> over = over(file);
    if (over.isEmpty()) {
      return;
    }
    letGo(
        over.stream().filter(loop -> !loop.autoclear()).map(BlockDevices.Loop::device).toList(),
        time);
    try {
      if (!patience.until(time.atMost(GONE_LIMIT), () -> over(file).isEmpty())) {
        String device = over.getFirst().device();
        throw new BangerException(
            ErrorKind.CONFLICT,
            "/dev/%s over %s is in use by another program".formatted(device, file),
            "see which: fuser -v /dev/" + device);
      }
    } catch (InterruptedException e) {
      throw DiskFailures.interrupted("root disk", e);
    }
  }

  /**
   * Lets go of what was made over an image and is part of nothing: a daemon died between making and
   * using it.
   */
  synchronized void clearUnused(Path rootfs, TimeLeft time) {
    letGo(
        over(rootfs).stream()
            .filter(loop -> !loop.autoclear() && !loop.held())
            .map(BlockDevices.Loop::device)
            .toList(),
        time);
  }

  List<BlockDevices.Loop> over(Path file) {
    return devices.loops().stream().filter(loop -> loop.file().equals(file)).toList();
  }

  static BangerException cannotHold(Path file, IOException e) {
    return new BangerException(
        ErrorKind.HOST,
        "cannot open the loop device over %s: %s".formatted(file, IoReasons.of(e)),
        "",
        List.of(),
        e);
  }
}
