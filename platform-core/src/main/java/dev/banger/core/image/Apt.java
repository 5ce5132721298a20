package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks apt for packages as whoever the daemon is, without touching the state of the system: caches
 * and, after {@link #refreshed}, package lists lie in a directory of its own. Signatures and hashes
 * are checked as the host's configuration says.
 */
final class Apt {
  private static final Duration QUERY_LIMIT = Duration.ofMinutes(1);
  private static final Duration UPDATE_LIMIT = Duration.ofMinutes(5);
  private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(15);
  private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,127}");

  /** What apt says of a file: its URI, its name, size and hash. */
  private static final Pattern URI_LINE =
      Pattern.compile("'[^']*' ([A-Za-z0-9][A-Za-z0-9+.%_~-]*\\.deb) [0-9]+ .*");

  /** Scalars of the host's configuration that decide how packages are fetched. */
  private static final Pattern FETCH_OPTION =
      Pattern.compile(
          "Acquire::((http|https)::[A-Za-z0-9:._-]+|Check-Valid-Until|Check-Date|ForceIPv[46]|Retries)"
              + " \"[^\"\\\\]+\";");

  private final Commands commands;
  private final Path dir;
  private final Path config;
  private final String sources;

  private Apt(Commands commands, Path dir, Path config, String sources) {
    this.commands = commands;
    this.dir = dir;
    this.config = config;
    this.sources = sources;
  }

  /**
   * With the system's sources and package lists.
   *
   * @param dir private, an existing directory
   */
  static Apt ofSystem(Commands commands, Path dir) throws IOException {
    return make(commands, dir, "", false);
  }

  /**
   * With sources of its own and package lists fetched now.
   *
   * @param lines as in {@code sources.list}
   */
  static Apt ofSources(Commands commands, Path dir, List<String> lines)
      throws IOException, InterruptedException {
    return make(commands, dir, String.join("\n", lines) + "\n", true).update();
  }

  /** The same sources, with package lists fetched now. */
  Apt refreshed() throws IOException, InterruptedException {
    return make(commands, dir, sources, true).update();
  }

  static boolean isPackageName(String name) {
    return PACKAGE.matcher(name).matches();
  }

  /** What a package's newest candidate depends on, as written; empty when apt does not know it. */
  Optional<String> depends(String name) throws InterruptedException {
    Commands.Result result =
        commands.run(call(QUERY_LIMIT, "apt-cache", List.of("show", "--no-all-versions", name)));
    if (result.exitCode() != 0) {
      return Optional.empty();
    }
    return Optional.of(
        result
            .stdout()
            .lines()
            .filter(line -> line.startsWith("Depends:") || line.startsWith("Pre-Depends:"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .reduce("", (a, b) -> a.isEmpty() ? b : a + ", " + b));
  }

  /** The file names that {@link #download} gives to packages, in the same order. */
  List<String> fileNames(Collection<String> packages) throws InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-q", "download", "--print-uris"));
    arguments.addAll(packages);
    // In a directory without packages: apt leaves out what is in the current one already.
    List<String> names =
        check(call(QUERY_LIMIT, "apt-get", arguments).withCwd(dir))
            .lines()
            .map(URI_LINE::matcher)
            .filter(Matcher::matches)
            .map(line -> line.group(1))
            .toList();
    if (names.size() != packages.size()) {
      throw new BangerException(
          ErrorKind.HOST,
          "apt offers %d files for %d packages: %s"
              .formatted(names.size(), packages.size(), String.join(" ", packages)));
    }
    return names;
  }

  /** Downloads packages into a directory; those that are there already are only verified. */
  void download(Path into, Collection<String> packages) throws InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-q", "download"));
    arguments.addAll(packages);
    check(call(DOWNLOAD_LIMIT, "apt-get", arguments).withCwd(into));
  }

  /** The package lists of the main component: where the host gets its packages from. */
  List<Target> targets() throws InterruptedException {
    String format = "$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)";
    List<String> arguments =
        List.of("indextargets", "--format", format, "Created-By: Packages", "Target-Of: deb");
    return check(call(QUERY_LIMIT, "apt-get", arguments))
        .lines()
        .map(line -> line.split("\\|", -1))
        .filter(fields -> fields.length == 5)
        .map(f -> new Target(f[0], f[1], f[2], f[3], f[4]))
        .distinct()
        .toList();
  }

  /** Options of the host's apt that its fetching depends on (proxies, for example). */
  List<String> fetchOptions() throws InterruptedException {
    return check(call(QUERY_LIMIT, "apt-config", List.of("dump")))
        .lines()
        .filter(line -> FETCH_OPTION.matcher(line).matches())
        .map(line -> line.substring(0, line.length() - 1))
        .toList();
  }

  private Apt update() throws InterruptedException {
    check(
        call(
            UPDATE_LIMIT, "apt-get", List.of("-q", "update", "-o", "APT::Update::Error-Mode=any")));
    return this;
  }

  private Commands.Call call(Duration deadline, String tool, List<String> arguments) {
    List<String> argv = new ArrayList<>(List.of(tool, "-c", config.toString()));
    argv.addAll(arguments);
    return Commands.Call.of(deadline, argv);
  }

  private String check(Commands.Call call) throws InterruptedException {
    Commands.Result result = commands.run(call);
    if (result.exitCode() == 0) {
      return result.stdout();
    }
    List<String> said = result.stderr().lines().toList();
    throw new BangerException(
        ErrorKind.HOST,
        said.stream()
            .filter(line -> line.startsWith("E:"))
            .findFirst()
            .map(line -> "apt failed: " + line.substring(2).strip())
            .orElse("apt failed with exit code " + result.exitCode()),
        "check the network and the host's apt sources: apt-get update",
        said.subList(Math.max(0, said.size() - 8), said.size()),
        null);
  }

  private static Apt make(Commands commands, Path dir, String sources, boolean ownLists)
      throws IOException {
    if (dir.toString().matches(".*[\"\\\\;{}\\p{Cntrl}].*")) {
      throw new BangerException(
          ErrorKind.INVALID,
          "apt cannot work in a directory with such a name: " + dir,
          "move banger's data elsewhere with BANGER_HOME");
    }
    Files.createDirectories(dir.resolve("cache/archives/partial"));
    List<String> lines = new ArrayList<>();
    lines.add(option("Dir::Cache", dir.resolve("cache")));
    if (ownLists) {
      Files.createDirectories(dir.resolve("lists/partial"));
      lines.add(option("Dir::State::lists", dir.resolve("lists")));
    }
    if (!sources.isEmpty()) {
      Path list = Files.writeString(dir.resolve("sources.list"), sources);
      lines.add(option("Dir::Etc::sourcelist", list));
      lines.add(option("Dir::Etc::sourceparts", Path.of("/dev/null")));
    }
    // The user apt would change to cannot enter this directory.
    lines.add("APT::Sandbox::User \"root\";");
    lines.add("Acquire::Languages \"none\";");
    lines.add("Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";");
    // The host's own hooks are about the host's own state.
    lines.add("#clear APT::Update::Pre-Invoke;");
    lines.add("#clear APT::Update::Post-Invoke;");
    lines.add("#clear APT::Update::Post-Invoke-Success;");
    Path config = Files.write(dir.resolve("apt.conf"), lines);
    return new Apt(commands, dir, config, sources);
  }

  private static String option(String name, Path value) {
    return "%s \"%s\";".formatted(name, value);
  }

  /**
   * @param uri with a trailing slash, for example of a mirror
   * @param release as named in the host's sources, for example {@code stable}
   * @param codename for example {@code bookworm-updates}
   */
  record Target(String uri, String release, String codename, String component, String origin) {}
}
