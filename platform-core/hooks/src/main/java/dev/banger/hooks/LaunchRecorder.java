package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestFile;
import dev.banger.api.Launch;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Takes what one plugin adds to a start, and refuses what {@link Launch} does not allow. A refusal
 * counts, also when the plugin catches it. Thread-safe.
 */
final class LaunchRecorder implements Launch, AutoCloseable {
  private static final int MAX_FILES = 64;
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final int MAX_ARGUMENTS = 16;
  private static final int MAX_DISKS = 4;
  private static final int MAX_ENDPOINTS = 16;
  private static final int MAX_URI = 200;
  private static final int SECTOR = 512;
  private static final int STICKY_AND_PERMISSIONS = 01777;
  private static final Pattern DISK_NAME = Pattern.compile("[a-z0-9-]{1,20}");
  private static final Pattern ENDPOINT_NAME = Pattern.compile("[a-z0-9-]{1,40}");

  private final String plugin;
  private final Supplier<Path> dataDir;
  private final List<GuestFile> files = new ArrayList<>();
  private final List<KernelArgument> arguments = new ArrayList<>();
  private final List<Contributions.Disk> disks = new ArrayList<>();
  private final List<Journal.Endpoint> endpoints = new ArrayList<>();
  private boolean open = true;
  private CapabilityException refusal;

  LaunchRecorder(String plugin, Supplier<Path> dataDir) {
    this.plugin = plugin;
    this.dataDir = dataDir;
  }

  String plugin() {
    return plugin;
  }

  List<GuestFile> files() {
    return files;
  }

  List<KernelArgument> arguments() {
    return arguments;
  }

  List<Contributions.Disk> disks() {
    return disks;
  }

  List<Journal.Endpoint> endpoints() {
    return endpoints;
  }

  /**
   * @throws CapabilityException the first refusal
   */
  synchronized void check() {
    if (refusal != null) {
      throw refusal;
    }
  }

  /** What it took, for the history. */
  synchronized String summary() {
    List<String> parts = new ArrayList<>();
    count(parts, files.size(), "file");
    count(parts, arguments.size(), "kernel argument");
    count(parts, disks.size(), "disk");
    count(parts, endpoints.size(), "endpoint");
    return String.join(", ", parts);
  }

  private static void count(List<String> parts, int number, String what) {
    if (number > 0) {
      parts.add(number + " " + what + (number == 1 ? "" : "s"));
    }
  }

  /** From now on nothing is taken. */
  @Override
  public synchronized void close() {
    open = false;
  }

  @Override
  public synchronized void file(GuestFile file) {
    room(files.size(), MAX_FILES, "files");
    if (file == null || !GuestPaths.isClean(file.path())) {
      throw refuse(
          "gives a guest a file with the bad path \"%s\""
              .formatted(file == null ? "" : Lines.of(file.path())));
    }
    if ((file.mode() & ~STICKY_AND_PERMISSIONS) != 0) {
      throw refuse("gives a guest %s with mode %o".formatted(file.path(), file.mode()));
    }
    if (file.isDirectory()) {
      files.add(file);
      return;
    }
    byte[] content = file.content().clone();
    if (content.length > MAX_FILE_BYTES) {
      throw refuse(
          "gives a guest %s with %d bytes, 1 MiB is allowed"
              .formatted(file.path(), content.length));
    }
    files.add(GuestFile.file(file.path(), file.mode(), content));
  }

  @Override
  public synchronized void kernelArgument(String text) {
    room(arguments.size(), MAX_ARGUMENTS, "kernel arguments");
    KernelArgument argument =
        KernelArgument.of(text)
            .orElseThrow(
                () ->
                    refuse("gives a malformed kernel argument: \"%s\"".formatted(Lines.of(text))));
    if (argument.isReserved()) {
      throw refuse(
          "gives the kernel argument \"%s\", which banger sets itself".formatted(argument.text()));
    }
    arguments.add(argument);
  }

  @Override
  public synchronized void disk(String name, Path image, boolean readOnly) {
    room(disks.size(), MAX_DISKS, "disks");
    if (name == null || !DISK_NAME.matcher(name).matches()) {
      throw refuse("gives a disk the bad name \"%s\"".formatted(Lines.of(name)));
    }
    disks.add(new Contributions.Disk(plugin, name, checked(name, image), readOnly));
  }

  /** Without links anywhere in it, so that it still means the same when the VMM opens it. */
  private Path checked(String name, Path image) {
    if (image == null || !image.isAbsolute()) {
      throw refuse("gives disk %s an image that is no absolute path".formatted(name));
    }
    try {
      if (!Files.isRegularFile(image, LinkOption.NOFOLLOW_LINKS)) {
        throw refuse("gives disk %s an image that is no regular file: %s".formatted(name, image));
      }
      Path real = image.toRealPath();
      if (!real.startsWith(dataDir.get().toRealPath())) {
        throw refuse(
            "gives disk %s an image outside of its data directory: %s".formatted(name, image));
      }
      long size = Files.size(real);
      if (size == 0 || size % SECTOR != 0) {
        throw refuse(
            "gives disk %s an image of %d bytes, which is no multiple of 512"
                .formatted(name, size));
      }
      return real;
    } catch (IOException e) {
      throw refuse("gives disk %s an image that cannot be read: %s".formatted(name, image));
    }
  }

  @Override
  public synchronized void endpoint(String name, String uri) {
    room(endpoints.size(), MAX_ENDPOINTS, "endpoints");
    if (name == null || !ENDPOINT_NAME.matcher(name).matches()) {
      throw refuse("gives an endpoint the bad name \"%s\"".formatted(Lines.of(name)));
    }
    if (uri == null || uri.length() > MAX_URI || !isAbsoluteAscii(uri)) {
      throw refuse("gives endpoint %s a bad URI: \"%s\"".formatted(name, Lines.of(uri)));
    }
    endpoints.add(new Journal.Endpoint(plugin, name, uri));
  }

  private static boolean isAbsoluteAscii(String uri) {
    try {
      return uri.chars().allMatch(c -> c > ' ' && c < 0x7f) && new URI(uri).isAbsolute();
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private void room(int number, int most, String what) {
    if (!open) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, "the additions to the start were taken already");
    }
    if (number == most) {
      throw refuse("gives more than %d %s".formatted(most, what));
    }
  }

  private CapabilityException refuse(String what) {
    CapabilityException refused =
        new CapabilityException(
            FailureKind.INVALID,
            "plugin %s %s".formatted(plugin, what),
            "this is a defect of the plugin; to go on without it: banger plugin disable " + plugin);
    if (refusal == null) {
      refusal = refused;
    }
    return refused;
  }
}
