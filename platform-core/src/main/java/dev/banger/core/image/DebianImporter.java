package dev.banger.core.image;

import dev.banger.core.disk.DiskSpace;
import dev.banger.core.disk.Ext4;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * Makes a Debian image with mmdebstrap, as root or as an ordinary user with subordinate ids. The
 * kernel is unpacked beside it, not installed: that would build an initramfs which nobody boots.
 */
public final class DebianImporter {
  static final long DISK_MIB = 8192;
  private static final long NEEDED_MIB = 2048;
  private static final String DEFAULT_SUITE = "bookworm";
  private static final int MAX_EXTRA_PACKAGES = 500;
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(45);
  private static final Duration FINISH_LIMIT = Duration.ofMinutes(5);
  private static final Duration MKFS_LIMIT = Duration.ofMinutes(10);

  private static final List<String> PACKAGES =
      List.of(
          "systemd",
          "systemd-sysv",
          "dbus",
          "udev",
          "openssh-server",
          "git",
          "iproute2",
          "ca-certificates",
          "rsync",
          "curl",
          "iputils-ping",
          "less",
          "procps",
          "e2fsprogs",
          "kmod");

  private final Commands commands;
  private final ImageRegistry registry;
  private final InitramfsBuilder initramfs;
  private final Path images;
  private final Path kernelCache;
  private final RootNamespace namespace;

  /**
   * @param images where the registry keeps its images, for the check of free space
   * @param kernelCache where downloaded kernel packages are kept, shared by all importers
   */
  public DebianImporter(
      Commands commands,
      ImageRegistry registry,
      InitramfsBuilder initramfs,
      Path images,
      Path kernelCache) {
    this.commands = commands;
    this.registry = registry;
    this.initramfs = initramfs;
    this.images = images;
    this.kernelCache = kernelCache;
    this.namespace = new RootNamespace(commands, HostUser.isRoot());
  }

  /**
   * @param suite for example {@code bookworm}; by default the host's own, where the host is Debian
   * @param packages to install beside banger's choice
   * @param mirror URL of a Debian mirror; by default the host's apt sources for the suite
   */
  public record Request(
      String name, Optional<String> suite, List<String> packages, Optional<String> mirror) {
    public Request {
      packages = List.copyOf(packages);
    }
  }

  /**
   * Makes and registers the image. Interrupting the thread ends it and removes what it had made.
   *
   * @throws BangerException of kind CONFLICT when the name is taken, INVALID for an odd suite,
   *     package or mirror, UNAVAILABLE when a tool or a permission is missing or the host knows no
   *     source for the suite
   */
  public Image run(Request request, Progress progress) throws InterruptedException {
    registry.checkFree(request.name());
    Set<String> packages = packages(request.packages());
    String suite = DebianSources.checkSuite(request.suite().orElseGet(DebianImporter::hostSuite));
    Optional<DebianSources> mirrored =
        request.mirror().map(mirror -> DebianSources.ofMirror(suite, mirror));
    ImageTools.require(commands, ImageTools.debian());
    Busybox busybox = Busybox.find(commands);
    DiskSpace.require(images, NEEDED_MIB, "a Debian image");
    namespace.probe();
    Stages stages = new Stages(progress);
    try (ImageStaging staging = registry.stage()) {
      Path aptDir = Files.createDirectory(staging.scratch().resolve("apt"));
      Apt system = Apt.ofSystem(commands, aptDir);
      DebianSources sources = mirrored.isPresent() ? mirrored.get() : hostSources(suite, system);
      KernelPackages.Kernel kernel =
          stages.run(
              "download_kernel",
              () ->
                  new KernelPackages(commands, kernelCache)
                      .fetch(
                          sources.suiteIsHosts()
                              ? system
                              : Apt.ofSources(commands, aptDir, sources.lines()),
                          Files.createDirectory(staging.scratch().resolve("kernel"))),
              KernelPackages.Kernel::version);
      Path tree = staging.scratch().resolve("tree");
      stages.run(
          "build_rootfs",
          () -> {
            bootstrap(suite, packages, sources, system.fetchOptions(), staging.scratch(), tree);
            finish(tree, kernel);
            return tree;
          });
      stages.run(
          "make_filesystem",
          () ->
              asRoot(
                  MKFS_LIMIT,
                  Ext4.command(staging.rootfs(), DISK_MIB, "banger-root", Optional.of(tree))));
      stages.run(
          "build_initramfs",
          () -> {
            Files.copy(kernel.image(), staging.kernel());
            initramfs.build(busybox, kernel.modules(), staging.initrd());
            return staging.initrd();
          });
      return stages.run(
          "register",
          () ->
              registry.publish(
                  staging,
                  request.name(),
                  kernel.version(),
                  DISK_MIB,
                  "Debian %s, kernel %s".formatted(suite, kernel.version())));
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot make image %s: %s".formatted(request.name(), e),
          "",
          List.of(),
          e);
    }
  }

  private void bootstrap(
      String suite,
      Set<String> packages,
      DebianSources sources,
      List<String> fetchOptions,
      Path scratch,
      Path tree)
      throws InterruptedException {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "mmdebstrap",
                "--mode=root",
                "--variant=minbase",
                "--format=directory",
                // A half-made tree is thrown away, so nothing in it need be flushed.
                "--dpkgopt=force-unsafe-io",
                "--include=" + String.join(",", packages)));
    fetchOptions.forEach(option -> argv.add("--aptopt=" + option));
    if (!namespace.isRoot()) {
      // sysfs belongs to the host's network namespace, in which this user is nobody.
      argv.add("--skip=chroot/mount/sys");
    }
    argv.addAll(List.of(suite, tree.toString(), "-"));
    String lines = String.join("\n", sources.lines()) + "\n";
    Commands.Call call =
        Commands.Call.of(BOOTSTRAP_LIMIT, namespace.wrap(argv))
            .withEnv(Map.of("TMPDIR", scratch.toString()))
            .withStdin(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
    Commands.Result result = commands.run(call);
    if (result.exitCode() != 0) {
      List<String> said =
          result
              .stderr()
              .lines()
              .filter(line -> line.startsWith("E:") || line.startsWith("Err:"))
              .toList();
      throw new BangerException(
          ErrorKind.HOST,
          said.isEmpty()
              ? "mmdebstrap failed with exit code " + result.exitCode()
              : "mmdebstrap failed: " + said.getFirst(),
          "",
          result.stderr().lines().toList().reversed().stream().limit(12).toList().reversed(),
          null);
    }
  }

  private void finish(Path tree, KernelPackages.Kernel kernel)
      throws IOException, InterruptedException {
    asRoot(
        FINISH_LIMIT,
        List.of(
            "sh",
            "-c",
            script(),
            "debian-finish",
            tree.toString(),
            kernel.modules().toString(),
            kernel.version()));
  }

  private Commands.Result asRoot(Duration deadline, List<String> argv) throws InterruptedException {
    return commands.check(Commands.Call.of(deadline, namespace.wrap(argv)));
  }

  private static DebianSources hostSources(String suite, Apt system)
      throws IOException, InterruptedException {
    List<Apt.Target> known = system.targets();
    Optional<DebianSources> sources =
        DebianSources.ofHost(suite, known.isEmpty() ? system.refreshed().targets() : known);
    return sources.orElseThrow(
        () ->
            new BangerException(
                ErrorKind.UNAVAILABLE,
                "this host's apt sources have no Debian suite " + suite,
                "name a mirror with --mirror URL (keys: package debian-archive-keyring), or another"
                    + " --suite"));
  }

  private static Set<String> packages(List<String> extra) {
    if (extra.size() > MAX_EXTRA_PACKAGES) {
      throw new BangerException(
          ErrorKind.INVALID,
          "at most %d packages can be added, got %d".formatted(MAX_EXTRA_PACKAGES, extra.size()));
    }
    for (String name : extra) {
      if (!Apt.isPackageName(name)) {
        throw new BangerException(
            ErrorKind.INVALID,
            "\"%s\" is not the name of a package".formatted(name.replaceAll("\\p{Cntrl}", "?")),
            "for example --package make");
      }
    }
    Set<String> all = new LinkedHashSet<>(PACKAGES);
    all.addAll(extra);
    return all;
  }

  private static String hostSuite() {
    Properties release = new Properties();
    try (var in = Files.newBufferedReader(Path.of("/etc/os-release"))) {
      release.load(in);
    } catch (IOException e) {
      return DEFAULT_SUITE;
    }
    String codename = release.getProperty("VERSION_CODENAME", "").replace("\"", "");
    return release.getProperty("ID", "").replace("\"", "").equals("debian") && !codename.isEmpty()
        ? codename
        : DEFAULT_SUITE;
  }

  private static String script() throws IOException {
    try (InputStream in = DebianImporter.class.getResourceAsStream("debian-finish.sh")) {
      if (in == null) {
        throw new IOException("this build of banger has no debian-finish.sh");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
