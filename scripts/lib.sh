# shellcheck shell=bash
# What the scripts share: how they speak, how they run something long, how they find things.
# Sourced, never run. The caller has `set -euo pipefail` and has set ROOT to the repository's folder.

if [[ -t 1 ]]; then TERMINAL=yes; else TERMINAL=no; fi
if [[ $TERMINAL == yes && -z ${NO_COLOR:-} ]]; then
  GREEN=$'\e[32m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
  GREEN='' RED='' PLAIN=''
fi

say() { printf '%s\n' "$*"; }
note() { printf '%s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf 'hint:  %s\n' "$line" >&2; done
  exit 1
}

# One finished step. On a terminal it replaces the line that counted the seconds.
done_line() { # name, seconds, remark
  if [[ $TERMINAL == yes ]]; then
    printf '\r\e[K%s✓%s %-13s %4s s' "$GREEN" "$PLAIN" "$1" "$2"
  else
    printf '%-15s %4s s' "$1" "$2"
  fi
  if [[ -n ${3:-} ]]; then printf '    %s' "$3"; fi
  printf '\n'
}

failed_line() { # name, seconds
  if [[ $TERMINAL == yes ]]; then
    printf '\r\e[K%s✗%s %-13s %4s s\n' "$RED" "$PLAIN" "$1" "$2"
  else
    printf '%-15s %4s s    failed\n' "$1" "$2"
  fi
}

# Runs a command with its output in a log. The seconds count on a terminal; when it fails, the end of
# the log is shown and its own exit code returned. `remark` may name a function: what it prints after a
# success stands at the end of the line.
STEP_PID=''
remark=''
run_step() { # name, log file, command...
  local name=$1 log=$2 started=$SECONDS code=0 said=''
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  STEP_PID=$!
  if [[ $TERMINAL == yes ]]; then
    while kill -0 "$STEP_PID" 2>/dev/null; do
      printf '\r\e[K  %-13s %4s s' "$name" "$((SECONDS - started))"
      sleep 0.5
    done
  fi
  wait "$STEP_PID" || code=$?
  STEP_PID=''
  if ((code == 0)); then
    if [[ -n $remark ]]; then said=$("$remark" || true); fi
    done_line "$name" "$((SECONDS - started))" "$said"
  else
    failed_line "$name" "$((SECONDS - started))"
    tail_of "$log"
  fi
  remark=''
  return "$code"
}

# What a log has to say about a failure: Maven's errors where there are any (its reasons stand far above the
# end), and the last lines otherwise.
tail_of() { # log file
  local errors
  errors=$(grep -E '^\[ERROR\]' "$1" | grep -vE '^\[ERROR\] *$|\[Help [0-9]|See (/|dump files)|Re-run Maven|re-run Maven|For more information|After correcting|mvn <args>|To see the full' |
    awk '!seen[$0]++' | head -n 40) || true
  if [[ -n $errors ]]; then
    note "  from $1:"
    sed 's/^/  | /' <<<"$errors" >&2
    return
  fi
  note "  the last lines of $1:"
  { grep -v '^[[:space:]]*$' "$1" || true; } | tail -n 25 | sed 's/^/  | /' >&2
}

# To be called from the script's exit trap: what a step started does not outlive us.
stop_step() {
  if [[ -z $STEP_PID ]]; then return 0; fi
  end_tree "$STEP_PID"
  wait "$STEP_PID" 2>/dev/null || true
  STEP_PID=''
}

# Ends a process and what it started, children first learnt, then ended.
end_tree() { # pid
  local child children=()
  { read -ra children <"/proc/$1/task/$1/children"; } 2>/dev/null || true
  for child in "${children[@]}"; do end_tree "$child"; done
  kill "$1" 2>/dev/null || true
}

have() { command -v "$1" >/dev/null 2>&1; }

# Debian keeps some tools where an ordinary user's PATH does not look.
have_tool() { have "$1" || [[ -x /usr/sbin/$1 || -x /sbin/$1 ]]; }

digest() { sha256sum | cut -c1-16; }

# The distribution's name for messages: "Debian GNU/Linux 12 (bookworm)".
distribution() {
  if [[ -r /etc/os-release ]]; then
    (. /etc/os-release && printf '%s' "${PRETTY_NAME:-this system}")
  else
    printf 'this system'
  fi
}

# A digest of everything the build reads, with or without git.
source_digest() {
  (
    cd "$ROOT" || exit 1
    find pom.xml .mvn scripts plugin-api platform-core plugins guest-agent cli -type f \
      -not -path '*/target/*' \( -not -path '*/src/test/*' -o -path 'plugin-api/template/*' \) -not -name '.*.swp' -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum | digest
  )
}

# mvn of at least 3.8, with the JDK that was found. Mirrors and proxies are the host's own (~/.m2/settings.xml).
maven_version() { mvn -version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9][0-9.]*\).*/\1/p' | head -n 1; }

require_maven() {
  have mvn || die "Maven is not installed" "sudo apt-get install maven"
  local version
  version=$(maven_version)
  [[ -n $version ]] || die "mvn -version says nothing useful" "try it by hand: JAVA_HOME=$JAVA_HOME mvn -version"
  local major=${version%%.*} rest=${version#*.}
  local minor=${rest%%.*}
  ((major > 3 || (major == 3 && minor >= 8))) ||
    die "Maven is $version, and at least 3.8 is needed" "see https://maven.apache.org/download.cgi, and put its bin folder first in PATH"
}
