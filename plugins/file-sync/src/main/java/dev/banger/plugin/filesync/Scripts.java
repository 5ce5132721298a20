package dev.banger.plugin.filesync;

/**
 * What runs in guests: BusyBox's shell and tools, which every guest has at one place, and nothing
 * of the guest's own. {@code $0} is BusyBox, {@code $1} the directory {@code /root}. Names come in
 * through the standard input or an archive, never as part of a script.
 */
final class Scripts {
  static final String BUSYBOX = "/run/banger/agent/bin/busybox";
  static final String ROOT = "/root";
  static final String OWNER = "0:0";

  /** What the directory that files are put into first begins with. */
  static final String STAGING = ".banger-sync-";

  /** Ends a line of {@link #LIST}: no path that was asked for has two slashes. */
  static final String END = "//\n";

  /**
   * Says what is at each path below {@code $1} that comes in, each ended by a NUL: mode in
   * hexadecimal digits, owner, size, seconds, name. One process looks at hundreds. First removes
   * what a transfer left that was cut off.
   */
  static final String LIST =
      """
      cd -P "$1" || exit 4
      [ "$PWD" = "$1" ] || exit 5
      for left in .banger-sync-*; do
        if [ -d "$left" ]; then "$0" rm -rf "$left"; fi
      done
      "$0" xargs -0 -r "$0" stat -c '%f %u:%g %s %Y %N//' -- 2>/dev/null
      [ $? -eq 0 ] || [ $? -le 123 ]
      """;

  /**
   * Puts what is in {@code $1/$2} in its place: {@code dirs} are directories to make ({@code k}) or
   * to set ({@code s}), {@code t} the files. {@code $3} is the owner, {@code $4} and {@code $5} are
   * {@link #DIRECTORIES} and {@link #MOVE}.
   */
  static final String APPLY =
      """
      cd -P "$1" || exit 4
      [ "$PWD" = "$1" ] || exit 5
      from=$1/$2
      "$0" xargs -0 -r "$0" sh -c "$4" "$0" "$1" "$3" <"$from/dirs" || exit 6
      cd "$from/t" || exit 4
      "$0" find . -type d -print0 | "$0" xargs -0 -r "$0" sh -c "$5" "$0" "$1" "$from/t" || exit 7
      left=$("$0" find . ! -type d -print -quit)
      [ -z "$left" ] || exit 8
      cd /
      "$0" rm -rf "$1"/.banger-sync-*
      """;

  /**
   * Goes into the directory above each: a link on the way shows as another working directory, and
   * nothing is changed through it. From there on, no link can come in between.
   */
  static final String DIRECTORIES =
      """
      root=$1 owner=$2
      shift 2
      for each do
        how=${each%%:*}
        path=$root/${each#*:}
        above=${path%/*}
        name=./${path##*/}
        cd -P "$above" || exit 1
        [ "$PWD" = "$above" ] && [ ! -L "$name" ] || exit 1
        if [ ! -d "$name" ]; then
          "$0" mkdir -m "${how#?}" "$name" || exit 1
        elif [ "${how%%[0-7]*}" = s ]; then
          "$0" chown "$owner" "$name" && "$0" chmod "${how#?}" "$name" || exit 1
        fi
      done
      """;

  /** A rename for each file: whoever reads it meanwhile has all of the old one or of the new. */
  static final String MOVE =
      """
      root=$1 from=$2
      shift 2
      for each do
        to=$root${each#.}
        cd -P "$to" || exit 1
        [ "$PWD" = "$to" ] || exit 1
        "$0" find "$from/$each" -mindepth 1 -maxdepth 1 ! -type d -exec "$0" mv -f -t . {} + || exit 1
      done
      """;

  /** After a failure. */
  static final String CLEAN =
      """
      "$0" rm -rf "$1/$2"
      """;

  private Scripts() {}
}
