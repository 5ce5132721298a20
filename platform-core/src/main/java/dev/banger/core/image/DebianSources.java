package dev.banger.core.image;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the packages of a Debian suite come from, as lines of a {@code sources.list}.
 *
 * @param suiteIsHosts whether the host's apt knows this Debian suite and no other
 */
record DebianSources(List<String> lines, boolean suiteIsHosts) {
  private static final Pattern SUITE = Pattern.compile("[a-z][a-z0-9.-]{1,63}");
  private static final Set<String> SCHEMES = Set.of("http", "https", "file");
  private static final Set<String> WITHOUT_UPDATES = Set.of("sid", "unstable", "experimental");
  private static final List<String> POCKETS = List.of("", "-updates", "-security");
  private static final List<Path> KEYRINGS =
      List.of(
          Path.of("/usr/share/keyrings/debian-archive-keyring.gpg"),
          Path.of("/usr/share/keyrings/debian-archive-keyring.pgp"));

  static String checkSuite(String suite) {
    if (!SUITE.matcher(suite).matches()) {
      throw new BangerException(
          ErrorKind.INVALID,
          "\"%s\" is not the name of a Debian suite".formatted(suite.replaceAll("\\p{Cntrl}", "?")),
          "for example bookworm");
    }
    return suite;
  }

  /** The main component of {@code suite}, with its updates, from one mirror. */
  static DebianSources ofMirror(String suite, String mirror) {
    checkMirror(mirror);
    String signedBy =
        KEYRINGS.stream()
            .filter(Files::isReadable)
            .findFirst()
            .map(keys -> "[signed-by=%s] ".formatted(keys))
            .orElse("");
    String line = "deb %s%s %%s main".formatted(signedBy, mirror);
    return new DebianSources(
        WITHOUT_UPDATES.contains(suite)
            ? List.of(line.formatted(suite))
            : List.of(line.formatted(suite), line.formatted(suite + "-updates")),
        false);
  }

  /**
   * Debian's own entries for {@code suite}, its updates and security updates among the host's;
   * empty when the suite itself is not among them.
   */
  static Optional<DebianSources> ofHost(String suite, List<Apt.Target> targets) {
    Set<String> lines = new LinkedHashSet<>();
    boolean complete = false;
    boolean others = false;
    for (Apt.Target target : targets) {
      if (!target.origin().equals("Debian") || !target.component().equals("main")) {
        continue;
      }
      boolean wanted = false;
      for (String pocket : POCKETS) {
        String name = suite + pocket;
        if (target.codename().equals(name) || target.release().equals(name)) {
          wanted = true;
          complete |= pocket.isEmpty();
        }
      }
      if (wanted) {
        lines.add("deb %s %s main".formatted(target.uri(), target.release()));
      } else {
        others = true;
      }
    }
    return complete
        ? Optional.of(new DebianSources(List.copyOf(lines), !others))
        : Optional.empty();
  }

  private static void checkMirror(String mirror) {
    boolean good;
    try {
      URI uri = URI.create(mirror);
      good =
          uri.getScheme() != null
              && SCHEMES.contains(uri.getScheme())
              && uri.getPath() != null
              && mirror.chars().noneMatch(c -> c <= ' ' || c == '[' || c == ']' || c >= 127);
    } catch (IllegalArgumentException e) {
      good = false;
    }
    if (!good) {
      throw new BangerException(
          ErrorKind.INVALID,
          "\"%s\" is not the address of a mirror".formatted(mirror.replaceAll("\\p{Cntrl}", "?")),
          "give an http, https or file URL without spaces");
    }
  }
}
