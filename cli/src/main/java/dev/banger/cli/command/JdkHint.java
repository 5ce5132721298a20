package dev.banger.cli.command;

import dev.banger.cli.term.Console;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which JDK a build would run with, told by the {@code release} file that every JDK has. Starts no
 * process.
 */
final class JdkHint {
  static final int NEEDED = 25;
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d{1,4})");
  private static final int MOST_BYTES = 64 * 1024;

  private final Console console;
  private final List<Path> parents;

  JdkHint(Console console) {
    this(console, places(console));
  }

  /**
   * @param parents folders that hold JDKs, or are the beginning of their names
   */
  JdkHint(Console console, List<Path> parents) {
    this.console = console;
    this.parents = parents;
  }

  private static List<Path> places(Console console) {
    String home = console.variable("HOME");
    String sdkman = console.variable("SDKMAN_DIR");
    return List.of(
        Path.of("/usr/lib/jvm"),
        Path.of("/opt"),
        Path.of("/opt/java"),
        Path.of(home, ".jdks"),
        sdkman.isEmpty()
            ? Path.of(home, ".sdkman/candidates/java")
            : Path.of(sdkman, "candidates/java"));
  }

  /** Whether Maven would find a JDK that is new enough by itself. */
  boolean isFine() {
    String set = console.variable("JAVA_HOME");
    Optional<Path> jdk = set.isEmpty() ? onPath() : Optional.of(Path.of(set));
    return jdk.isPresent() && feature(jdk.get()) >= NEEDED;
  }

  private Optional<Path> onPath() {
    for (String folder : console.variable("PATH").split(":")) {
      Path javac = Path.of(folder, "javac");
      if (Files.isExecutable(javac)) {
        try {
          return Optional.ofNullable(javac.toRealPath().getParent()).map(Path::getParent);
        } catch (IOException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** One that is new enough, the oldest of those. */
  Optional<Path> better() {
    Path best = null;
    int bestFeature = Integer.MAX_VALUE;
    for (Path parent : parents) {
      for (Path jdk : children(parent)) {
        int feature = feature(jdk);
        if (feature >= NEEDED && feature < bestFeature) {
          best = jdk;
          bestFeature = feature;
        }
      }
    }
    return Optional.ofNullable(best);
  }

  private static Iterable<Path> children(Path parent) {
    TreeSet<Path> children = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
      entries.forEach(children::add);
    } catch (IOException e) {
      return new ArrayList<>();
    }
    return children;
  }

  /** 0 when it is no JDK. */
  private static int feature(Path jdk) {
    Path release = jdk.resolve("release");
    try {
      if (!Files.isExecutable(jdk.resolve("bin/javac")) || Files.size(release) > MOST_BYTES) {
        return 0;
      }
      Matcher version = VERSION.matcher(Files.readString(release));
      return version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }
}
