# shellcheck shell=bash
# What banger needs of the host, and how to get it on Debian and Ubuntu. Sourced after lib.sh.

# Fills MISSING_PACKAGES and MISSING_REASONS, in step with each other.
MISSING_PACKAGES=()
MISSING_REASONS=()

need() { # package, reason, test command...
  local package=$1 reason=$2
  shift 2
  if "$@"; then return 0; fi
  MISSING_PACKAGES+=("$package")
  MISSING_REASONS+=("$reason")
}

# An ordinary busybox needs libraries that an initramfs does not have.
static_busybox() {
  local file
  for file in /bin/busybox /usr/bin/busybox; do
    if [[ -x $file ]]; then
      [[ $(ldd "$file" 2>&1) == *@(not a dynamic|statically linked)* ]]
      return
    fi
  done
  return 1
}

jdk_installed() { "$ROOT/scripts/find-jdk" >/dev/null 2>&1; }

# The distribution's own package of a JDK that is new enough, or nothing. Needs package lists.
jdk_package() {
  local release
  for release in 25 26 27 28; do
    if known_package "openjdk-$release-jdk-headless"; then
      printf 'openjdk-%s-jdk-headless' "$release"
      return 0
    fi
  done
  return 1
}

known_package() { # name: does apt have a version to install?
  local policy
  policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null) || return 1
  [[ $policy == *'  Candidate: '[!\(]* ]]
}

# A fresh container or installation has no package lists yet.
package_lists_there() { known_package bash && known_package maven; }

look_for_tools() { # image that is to be imported: debian or tiny
  need qemu-system-x86 "runs the virtual machines" have_tool qemu-system-x86_64
  need e2fsprogs "makes their file systems" have_tool mkfs.ext4
  need busybox-static "is the first program in a guest" static_busybox
  need kmod "finds which kernel drivers a guest needs" have_tool depmod
  need xz-utils "unpacks kernel drivers" have_tool xz
  if [[ $1 == debian ]]; then
    need mmdebstrap "makes the Debian image" have_tool mmdebstrap
    if ((EUID != 0)); then need uidmap "lets the image be made without root" have_tool newuidmap; fi
    need debian-archive-keyring "tells whether Debian's packages are genuine" \
      test -e /usr/share/keyrings/debian-archive-keyring.gpg
  fi
  if ((EUID == 0)); then
    need iproute2 "gives each VM an address on a bridge" have_tool ip
    need nftables "keeps VMs apart, and lets them out" have_tool nft
    need procps "lets the kernel forward their packets" have_tool sysctl
  fi
  need openssh-client "opens a shell in a VM" have_tool ssh
  need git "brings your repository into a VM" have_tool git
  need maven "builds banger" have_tool mvn
  if ! jdk_installed; then
    if ! have apt-cache || package_lists_there; then
      need "$(jdk_package || echo JDK)" "compiles and runs banger (Java 25 or newer)" false
    else
      need openjdk-25-jdk-headless "compiles and runs banger (Java 25 or newer)" false
    fi
  fi
}

# When the distribution has no JDK for us there is no point in installing the rest.
explain_missing_jdk() {
  note "error: banger needs a JDK of Java 25 or newer; none is installed, and $(distribution) has no package of one"
  "$ROOT/scripts/find-jdk" 2>&1 | sed 's/^/       /' >&2 || true
  note "hint:  install one and run this again; it is found under /usr/lib/jvm, /opt, ~/.jdks, ~/.sdkman and by JAVA_HOME:"
  note "         https://adoptium.net      Temurin 25: an apt repository, or an archive to unpack into /opt/jdk-25"
  note "         sdk install java 25-tem   with SDKMAN!, without root"
}

can_be_root() { ((EUID == 0)) || { have sudo && sudo -n true 2>/dev/null; }; }
as_root() { if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi; }

install_packages() { # package...
  export DEBIAN_FRONTEND=noninteractive
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120)
  if ! package_lists_there; then
    as_root "${apt[@]}" update || return
    local package
    for package in "$@"; do
      known_package "$package" || { echo "apt has no package $package"; return 100; }
    done
  fi
  # A list that is some weeks old names versions that are gone from the mirror: then once more.
  as_root "${apt[@]}" install -y --no-install-recommends "$@" && return
  as_root "${apt[@]}" update && as_root "${apt[@]}" install -y --no-install-recommends "$@"
}

# mmdebstrap without root maps the guest's users to a range that /etc/subuid grants.
has_subordinate_ids() {
  ((EUID == 0)) && return
  local name
  name=$(id -un)
  grep -Eqs "^($name|$EUID):" /etc/subuid && grep -Eqs "^($name|$EUID):" /etc/subgid
}

# The first range of 65536 ids that nobody has.
free_subordinate_range() {
  local first
  first=$(cat /etc/subuid /etc/subgid 2>/dev/null |
    awk -F: 'BEGIN { end = 100000 } NF == 3 && $2 + $3 > end { end = $2 + $3 } END { print end }')
  printf '%s-%s' "$first" "$((first + 65535))"
}
