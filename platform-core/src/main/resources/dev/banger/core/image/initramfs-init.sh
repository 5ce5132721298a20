#!/bin/busybox sh
# Process 1 of every guest until the guest's own init takes over: loads drivers, mounts the disks, starts the agent.
#
# Beside it lie /bin/busybox, /modules with the drivers and /modules/order naming them in load order, and, appended for
# one VM, /seed with files to lay over the root. The disks: /dev/vda root, /dev/vdb work (mounted at /root), /dev/vdc
# agent (mounted at /run/banger/agent).
PATH=/bin
new=/newroot

say() { echo "banger: $*" >&2; }

# The VMM ends on a reboot, so the host sees at once that the guest is down, and this line last on the console.
die() {
    say "$*"
    busybox sync
    busybox reboot -f
    exit 1
}

# A disk is there when the driver has found it, which is soon after the driver was loaded, or never.
wait_for() {
    tries=0
    while [ ! -b "$1" ]; do
        tries=$((tries + 1))
        [ $tries -le "$2" ] || return 1
        busybox sleep 0.02
    done
}

busybox mkdir -p /proc /sys /dev /tmp $new
busybox mount -t proc -o nosuid,nodev,noexec proc /proc
busybox mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
busybox mount -t devtmpfs -o nosuid,mode=0755 dev /dev || exit 1
# The kernel found no console to give to process 1: there was no /dev yet.
exec </dev/console >/dev/console 2>&1

if [ -f /modules/order ]; then
    while read -r module; do
        [ -z "$module" ] || busybox insmod "/modules/$module" || say "cannot load $module"
    done </modules/order
fi

wait_for /dev/vda 500 || die 'the root disk /dev/vda did not appear'
wait_for /dev/vdc 50 || die 'the agent disk /dev/vdc did not appear'
busybox mount -t ext4 -o rw,noatime /dev/vda $new || die 'cannot mount the root disk /dev/vda as ext4'

cd $new || die 'cannot enter the new root'
for dir in proc sys dev run root; do
    [ -d $dir ] || { busybox rm -f $dir; busybox mkdir -m 0755 $dir; }
done
busybox mount -t tmpfs -o nosuid,nodev,mode=0755 run run || die 'cannot mount /run'
busybox mkdir -m 0755 run/banger run/banger/agent
busybox mount -t ext4 -o ro,nosuid,nodev,noatime /dev/vdc run/banger/agent || die 'cannot mount the agent disk /dev/vdc'
# Or systemd would unmount it under the agent at shutdown, and complain. Not in /run/systemd/system: that directory
# means that systemd runs.
unit=run/systemd/system.control/run-banger-agent.mount.d
busybox mkdir -p $unit && printf '[Unit]\nDefaultDependencies=no\n' >$unit/50-banger.conf
busybox mkdir -p /dev/pts /dev/shm
busybox mount -t devpts -o nosuid,noexec,gid=5,mode=0620,ptmxmode=0666 devpts /dev/pts
# Terminals are opened through /dev/ptmx, which must be the one of that mount.
busybox mount --bind /dev dev
busybox mount --bind /dev/pts dev/pts
busybox mount --bind /sys sys
busybox mount --bind /proc proc

# The agent lives on when the guest's init takes over: its root is the new root already. It must not hold the console.
busybox setsid busybox chroot . /run/banger/agent/bin/busybox sh /run/banger/agent/run-agent \
    </dev/null >/dev/null 2>&1 &

if wait_for /dev/vdb 5; then
    # What the user keeps there must not seem to be gone, nor new work land elsewhere.
    busybox mount -t ext4 -o rw,noatime /dev/vdb root || die 'cannot mount the work disk /dev/vdb as ext4'
    # Older layouts put root's home one level too deep. Nothing that is already outside is replaced.
    if [ -d root/root ] && [ ! -L root/root ]; then
        for entry in root/root/* root/root/.[!.]* root/root/..?*; do
            [ -e "$entry" ] || [ -L "$entry" ] || continue
            name=${entry##*/}
            [ "$name" != lost+found ] || continue
            if [ ! -e "root/$name" ] && [ ! -L "root/$name" ]; then
                busybox mv "$entry" "root/$name"
            fi
        done
        busybox rmdir root/root/lost+found 2>/dev/null
        busybox rmdir root/root 2>/dev/null || say '/root/root holds files that are also in /root; left as it is'
    fi
else
    say 'there is no work disk; /root is on the root disk'
fi

if [ -d /seed ]; then
    busybox chown -R -h 0:0 /seed
    # Unpacked from within the new root, where the guest's links point to what they mean.
    busybox tar -c -f - -C /seed . | busybox chroot . /run/banger/agent/bin/busybox tar -x -f - -C / ||
        say 'not all early files could be laid over the root'
    # Directories that only lead to a file have no mode of their own to impose.
    busybox chmod 0755 . run
    [ ! -d /seed/tmp ] || busybox chmod 1777 tmp
fi

busybox chown 0:0 root
busybox chmod 0755 root
if [ -d root/.ssh ] && [ ! -L root/.ssh ]; then
    busybox chown 0:0 root/.ssh
    busybox chmod 0700 root/.ssh
    if [ -f root/.ssh/authorized_keys ] && [ ! -L root/.ssh/authorized_keys ]; then
        busybox chown 0:0 root/.ssh/authorized_keys
        busybox chmod 0600 root/.ssh/authorized_keys
    fi
fi

# A link to an absolute path points into the new root only from within it.
is_there() { busybox chroot . /run/banger/agent/bin/busybox test -x "$1"; }

init=
for candidate in /sbin/init /lib/systemd/systemd /usr/lib/systemd/systemd /bin/init /bin/sh; do
    if is_there $candidate; then
        init=$candidate
        break
    fi
done
[ -n "$init" ] || die 'the guest has no /sbin/init, no systemd and no /bin/sh'
[ "$init" != /bin/sh ] || say 'the guest has no /sbin/init; starting /bin/sh'

cd /
busybox umount -l /proc
busybox umount -l /sys
busybox umount -l /dev
exec busybox switch_root $new $init
