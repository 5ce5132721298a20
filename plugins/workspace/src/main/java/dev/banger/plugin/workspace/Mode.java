package dev.banger.plugin.workspace;

import java.util.Locale;

/** How much of a repository is taken along. */
enum Mode {
  /** The files of HEAD, with the whole history of HEAD. */
  TRACKED,
  /** The files of HEAD, with its last commit only. */
  SHALLOW,
  /** The working tree as it is, all branches and tags, and the submodules that are checked out. */
  FULL;

  static Mode of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
