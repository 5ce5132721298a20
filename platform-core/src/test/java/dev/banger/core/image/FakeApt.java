package dev.banger.core.image;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands.Call;
import dev.banger.core.host.Commands.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An archive with one kernel, reached through pretended apt and dpkg tools. Everything else is
 * answered with success.
 */
final class FakeApt implements FakeCommands.Script {
  static final String VERSION = "6.1.0-9-cloud-amd64";
  private static final String META = "linux-image-cloud-amd64";
  private static final String KERNEL = "linux-image-" + VERSION;
  static final String DEB = KERNEL + "_6.1.9_amd64.deb";

  /** What the package lists on the host still name. */
  private final List<String> oldLists = new ArrayList<>(List.of(DEB));

  private final Set<String> downloaded = new TreeSet<>();
  private boolean updated;
  private boolean offline;

  FakeApt withListsThatNameADroppedPackage() {
    oldLists.set(0, KERNEL + "_6.1.8_amd64.deb");
    return this;
  }

  FakeApt withoutLists() {
    oldLists.clear();
    return this;
  }

  FakeApt offline() {
    offline = true;
    return this;
  }

  Set<String> downloaded() {
    return downloaded;
  }

  boolean updated() {
    return updated;
  }

  @Override
  public Result answer(Call call) {
    List<String> argv = call.argv();
    try {
      return switch (argv.getFirst()) {
        case "dpkg" -> new Result(0, "amd64\n", "");
        case "apt-cache" -> show(argv.getLast());
        case "apt-get" -> get(call);
        case "dpkg-deb" -> unpack(Path.of(argv.get(2)), Path.of(argv.get(3)));
        case "depmod" -> depmod(Path.of(argv.get(2)));
        default -> FakeCommands.OK;
      };
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Result show(String name) {
    boolean known = updated || !oldLists.isEmpty();
    if (known && name.equals(META)) {
      return new Result(
          0, "Package: x\nDepends: %s (= 6.1.9), other | more\n".formatted(KERNEL), "");
    }
    return known && name.equals(KERNEL)
        ? new Result(0, "Package: x\nDepends: kmod, linux-base (>= 4.3~)\n", "")
        : new Result(100, "", "E: No packages found");
  }

  private Result get(Call call) throws IOException {
    List<String> argv = call.argv();
    if (argv.contains("update")) {
      if (offline) {
        return new Result(100, "", "E: Failed to fetch the lists\n");
      }
      updated = true;
      return FakeCommands.OK;
    }
    String file = updated ? DEB : oldLists.getFirst();
    if (argv.contains("--print-uris")) {
      return new Result(0, "'http://mirror.example/%s' %s 1 SHA256:0\n".formatted(file, file), "");
    }
    Path target = call.cwd().resolve(file);
    if (Files.exists(target) && Files.readString(target).equals("good")) {
      return FakeCommands.OK;
    }
    if (offline || !file.equals(DEB)) {
      return new Result(100, "", "E: Failed to fetch " + file + "\n");
    }
    Files.deleteIfExists(target);
    Files.writeString(target, "good");
    downloaded.add(file);
    return FakeCommands.OK;
  }

  private static Result unpack(Path deb, Path tree) throws IOException {
    if (!Files.readString(deb).equals("good")) {
      return new Result(2, "", "dpkg-deb: error: damaged\n");
    }
    Path modules = Files.createDirectories(tree.resolve("lib/modules/" + VERSION));
    Files.createDirectories(tree.resolve("boot"));
    Files.writeString(tree.resolve("boot/vmlinuz-" + VERSION), "kernel");
    Files.writeString(
        modules.resolve("modules.builtin"), "virtio_mmio.ko\nvirtio_blk.ko\next4.ko\n");
    return FakeCommands.OK;
  }

  private static Result depmod(Path tree) throws IOException {
    Files.writeString(tree.resolve("lib/modules/" + VERSION + "/modules.dep"), "");
    return FakeCommands.OK;
  }
}
