# Turns a bootstrapped Debian tree into the root of an image: debian-finish TREE MODULES VERSION
set -eu
tree=$1
modules=$2
version=$3

mkdir -p "$tree/lib/modules/$version"
cp -R --preserve=mode,timestamps,links "$modules/." "$tree/lib/modules/$version/"

# What must differ between guests, or tells of the host.
rm -f "$tree"/etc/ssh/ssh_host_*
rm -f "$tree/var/lib/dbus/machine-id" "$tree/var/lib/systemd/random-seed"
rm -f "$tree/etc/apt/apt.conf.d/99mmdebstrap" "$tree/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
: >"$tree/etc/resolv.conf"
echo localhost >"$tree/etc/hostname"
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >"$tree/etc/hosts"
# Empty, not "uninitialized": every guest gets an id of its own, and systemd does not take the first
# one for the first boot of an unconfigured system, which would enable and disable units all over.
: >"$tree/etc/machine-id"

# Device nodes come from devtmpfs; an ordinary user could not have made them here.
find "$tree/dev" -mindepth 1 -delete
find "$tree/tmp" "$tree/var/tmp" "$tree/run" -mindepth 1 -delete
find "$tree/var/log" -type f -delete
rm -rf "$tree"/var/lib/apt/lists/* "$tree"/var/cache/apt/*.bin "$tree"/var/cache/apt/archives/*.deb
rm -f "$tree"/var/cache/debconf/*-old "$tree"/var/lib/dpkg/*-old

units=$tree/etc/systemd/system
mkdir -p "$units"
ln -sf /lib/systemd/system/multi-user.target "$units/default.target"
# The console is a log: nobody logs in there. Disposable machines need no periodic care.
for unit in serial-getty@.service getty@.service console-getty.service \
  apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer; do
  ln -sf /dev/null "$units/$unit"
done

# The image has no host keys. A guest is given its own; one that is not makes a single quick one.
mkdir -p "$units/ssh.service.d"
cat >"$units/ssh.service.d/host-key.conf" <<'EOF'
[Service]
ExecStartPre=
ExecStartPre=/bin/sh -c 'ls /etc/ssh/ssh_host_*_key >/dev/null 2>&1 || exec ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key'
ExecStartPre=/usr/sbin/sshd -t
EOF

# The databases that systemd would rebuild after an update of /usr are fresh.
for dir in etc var; do
  : >"$tree/$dir/.updated"
  touch -r "$tree/usr" "$tree/$dir/.updated"
done
