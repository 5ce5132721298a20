package dev.banger.plugin.workspace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What somebody should look at before using what came from a guest. */
final class Warnings {
  private static final int MOST = 50;
  private static final long LARGE = 10L << 20;
  private static final int LONGEST_LINK = 4096;

  /** Files that tools of the host run, or let decide what is run, often without being asked. */
  private static final List<Pattern> ACTIVE =
      List.of(
          Pattern.compile(
              "(?i)(.*/)?(\\.gitattributes|\\.gitmodules|\\.envrc|\\.npmrc|\\.yarnrc(\\.yml)?"
                  + "|\\.pre-commit-config\\.yaml|\\.editorconfig|\\.tool-versions|\\.mise\\.toml"
                  + "|\\.gitlab-ci\\.yml|\\.travis\\.yml|jenkinsfile|package\\.json|setup\\.py"
                  + "|pyproject\\.toml|conftest\\.py|build\\.rs|build\\.xml|pom\\.xml|rakefile"
                  + "|justfile|taskfile\\.ya?ml|vagrantfile|procfile|(gnu)?makefile|.*\\.mk"
                  + "|cmakelists\\.txt|configure|dockerfile(\\..*)?|.*\\.dockerfile"
                  + "|(docker-)?compose\\.ya?ml|gradlew|mvnw|.*\\.gradle(\\.kts)?"
                  + "|.*\\.(sh|bash|zsh|fish|bat|cmd|ps1))"),
          Pattern.compile(
              "(?i)(.*/)?(\\.vscode|\\.idea|\\.husky|\\.githooks|\\.devcontainer|\\.cargo|\\.mvn"
                  + "|\\.circleci)/.*"),
          Pattern.compile("(?i)\\.(github|gitea|forgejo)/(workflows|actions)/.*"));

  private final List<String> lines = new ArrayList<>();
  private long more;

  private Warnings() {}

  static List<String> of(Difference difference, Quarantine quarantine)
      throws IOException, InterruptedException {
    Warnings warnings = new Warnings();
    Map<String, String> folded = new HashMap<>();
    for (int i = 0; i < difference.changes().size(); i++) {
      Change change = difference.changes().get(i);
      long size = difference.sizes().get(i);
      if (!Names.isHarmless(change.name())) {
        warnings.add("has characters in its name that do not show", change);
      }
      if (change.isSubmodule()) {
        warnings.add("is a submodule; what was committed inside stays in the VM", change);
      } else if (!change.isDeletion()) {
        warnings.file(change, size, difference, quarantine, folded);
      }
    }
    if (warnings.more > 0) {
      warnings.lines.add(warnings.more + " more of the kind");
    }
    return warnings.lines;
  }

  private void file(
      Change change,
      long size,
      Difference difference,
      Quarantine quarantine,
      Map<String, String> folded)
      throws InterruptedException {
    if (change.isLink()) {
      String target = size > LONGEST_LINK ? "/" : quarantine.blob(change.newId());
      if (Names.leadsOutside(change.name(), target)) {
        add("is a link that leads outside, to " + Names.shown(target), change);
      }
    } else if (change.newMode().equals(Change.EXECUTABLE)
        && !change.oldMode().equals(Change.EXECUTABLE)) {
      add("is newly executable", change);
    }
    if (ACTIVE.stream().anyMatch(pattern -> pattern.matcher(change.name()).matches())) {
      add("may be run or obeyed by tools of this host", change);
    }
    if (size > LARGE) {
      add("is large: %d MB".formatted(size / 1_000_000), change);
    } else if (difference.binaries().contains(change.name())) {
      add("is binary", change);
    }
    if (change.status() == 'A') {
      Optional.ofNullable(folded.put(change.name().toLowerCase(Locale.ROOT), change.name()))
          .ifPresent(
              other -> add("differs from %s in case only".formatted(Names.shown(other)), change));
    }
  }

  private void add(String what, Change change) {
    if (lines.size() < MOST) {
      lines.add(Names.shown(change.name()) + " " + what);
    } else {
      more++;
    }
  }
}
