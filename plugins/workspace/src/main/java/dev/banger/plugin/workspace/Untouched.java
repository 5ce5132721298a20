package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityHost;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import java.time.Duration;

/** A cheap look at a workspace of any size, before a dear one. */
final class Untouched {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /**
   * {@code $1} the directory, {@code $2} when it was filled, in seconds. Whoever deletes or renames
   * touches the directory. Git rewrites its own files when it only looks.
   */
  private static final String LOOK =
      """
      cd "$1" 2>/dev/null || exit 1
      mark=$(mktemp) || exit 1
      trap 'rm -f "$mark"' EXIT
      trap 'exit 1' HUP INT TERM
      touch -d "@$2" "$mark" || exit 1
      find . -path ./.git -prune -o -newer "$mark" -print | head -n 1
      if [ -d .git ]; then
        find .git/HEAD .git/refs .git/packed-refs -newer "$mark" -print 2>/dev/null | head -n 1
      fi
      """;

  private Untouched() {}

  /** Surely so; otherwise it has to be compared. */
  static boolean is(CapabilityHost host, VmView vm, Imported imported) throws InterruptedException {
    // A file that got an older time on purpose goes unnoticed here, never in an export.
    String since = String.valueOf(imported.at().getEpochSecond());
    GuestResult look =
        host.exec(
            vm,
            GuestCommand.of(LIMIT, "/bin/sh", "-c", LOOK, "look", imported.dest(), since).in("/"));
    return look.exitCode() == 0 && look.stdout().isBlank();
  }
}
