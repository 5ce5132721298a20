#!/bin/busybox sh
# Process 1 of every guest until the guest's own init takes over: loads drivers, mounts the disks, starts the agent.
#
# Beside it lie /bin/busybox, /modules with the drivers and two lists of them in load order: /modules/order of those that
# disks need, /modules/later of the others, the agent's way to the host last of all. And, appended for one VM, /seed with files to lay over the root and /seed.list with what of it is meant: "d MODE PATH" or "f MODE PATH"
# a line; directories that only lead there are not listed. The disks: /dev/vda root, /dev/vdb work (mounted at /root),
# /dev/vdc agent (mounted at /run/banger/agent).
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

# Early files go into the new root from within it, where the guest's links mean what they mean for the guest, and before
# anything of the guest runs: nobody exchanges a path between a look at it and its use. What a guest has put in their way
# is moved aside, never followed, emptied or given another mode.
prepare_inside='
    bb=/run/banger/agent/bin/busybox
    bad=0
    aside() {
        [ -e "$1" ] || [ -L "$1" ] || return 0
        number=1
        while [ -e "$1.aside-$number" ] || [ -L "$1.aside-$number" ]; do
            number=$((number + 1))
            [ $number -le 99 ] || return 1
        done
        $bb mv "$1" "$1.aside-$number" && echo "banger: $1 was in the way and is now $1.aside-$number" >&2
    }
    # Links to directories are how a distribution is laid out; they may be gone through.
    way_to() {
        [ -n "$1" ] && [ ! -d "$1" ] || return 0
        way_to "${1%/*}" && aside "$1" && $bb mkdir -m 0755 "$1"
    }
    directory() {
        if [ -L "$2" ] || [ ! -d "$2" ]; then aside "$2" && $bb mkdir "$2" || return 1; fi
        $bb chown 0:0 "$2" && $bb chmod "$1" "$2"
    }
    while IFS= read -r line; do
        path=${line#* * }
        mode=${line#* }
        mode=${mode%% *}
        way_to "${path%/*}" || bad=1
        case $line in
            d*) directory "$mode" "$path" || bad=1 ;;
            *) [ -L "$path" ] || [ ! -d "$path" ] || aside "$path" || bad=1 ;;
        esac
    done
    exit $bad
'
prepare() { busybox chroot . /run/banger/agent/bin/busybox sh -c "$prepare_inside" </seed.list; }

# A file replaces what has its name, be it a link; it is not written through it.
lay() {
    (cd /seed && busybox find "$1" -type f | busybox cpio -o -H newc 2>/dev/null) |
        busybox chroot . /run/banger/agent/bin/busybox cpio -i -u -m --quiet
}

# What is marked as immutable even root cannot repair. Only the guest itself may have the tool to take that back.
unlock() {
    for chattr in /usr/bin/chattr /bin/chattr; do
        is_there $chattr || continue
        while IFS= read -r line; do
            path=${line#* * }
            busybox timeout 10 busybox chroot . $chattr -f -i -a "${path%/*}/." "$path"
        done </seed.list
        busybox timeout 10 busybox chroot . $chattr -f -i -a /root
        return
    done
}

# A link to an absolute path points into the new root only from within it.
is_there() { busybox chroot . /run/banger/agent/bin/busybox test -x "$1"; }

busybox mkdir -p /proc /sys /dev /tmp $new
busybox mount -t proc -o nosuid,nodev,noexec proc /proc
busybox mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
busybox mount -t devtmpfs -o nosuid,mode=0755 dev /dev || exit 1
# The kernel found no console to give to process 1: there was no /dev yet.
exec </dev/console >/dev/console 2>&1

load() {
    while read -r module; do
        [ -z "$module" ] || busybox insmod "/modules/$module" || say "cannot load $module"
    done <"$1"
}
load /modules/order

wait_for /dev/vda 500 || die 'the root disk /dev/vda did not appear'
wait_for /dev/vdc 50 || die 'the agent disk /dev/vdc did not appear'
busybox mount -t ext4 -o rw,noatime /dev/vda $new || die 'cannot mount the root disk /dev/vda as ext4'

cd $new || die 'cannot enter the new root'
for dir in proc sys dev run root; do
    # Through a link the mounts below would land on something else.
    [ -d $dir ] && [ ! -L $dir ] || { busybox rm -f $dir; busybox mkdir -m 0755 $dir; }
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

# The agent takes longer to start than all that follows, so that is done meanwhile. It finds its way to the host when the
# driver of that is loaded, which is last: whoever reaches it finds the work disk and the early files in place.
# The agent lives on when the guest's init takes over: its root is the new root already. It must not hold the console.
# Not with "&": the shell would have it, and every command it ever starts, ignore SIGINT. The second setsid is that of a
# leader already, so it goes into the background by itself.
busybox setsid busybox setsid busybox chroot . /run/banger/agent/bin/busybox sh /run/banger/agent/run-agent \
    </dev/null >/dev/null 2>&1

if wait_for /dev/vdb 5; then
    # What the user keeps there must not seem to be gone, nor new work land elsewhere.
    busybox mount -t ext4 -o rw,noatime /dev/vdb root || die 'cannot mount the work disk /dev/vdb as ext4'
    # Older layouts put root's home one level too deep. Nothing that is already outside is replaced, and a repository that
    # happens to be called root is no home.
    if [ -d root/root ] && [ ! -L root/root ] && [ ! -e root/root/.git ]; then
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
    if ! { prepare && lay .; }; then
        # Rarely needed, so it need not be fast: file by file, that one which cannot be laid holds up no other.
        unlock
        prepare || say 'not every directory of the early files is as it should be'
        while IFS= read -r line; do
            [ "${line%% *}" != f ] || lay ".${line#* * }" || say "the early file ${line#* * } could not be laid over the root"
        done </seed.list
    fi
    busybox chown 0:0 . run
    busybox chmod 0755 . run
fi
busybox chown 0:0 root 2>/dev/null && busybox chmod 0755 root || {
    unlock
    busybox chown 0:0 root
    busybox chmod 0755 root
}

load /modules/later

# Where the host has said so. The agent need not do again what that file tells it was done.
address='' gateway=''
read -r words </proc/cmdline
for word in $words; do
    case $word in
    banger.address=*) address=${word#*=} ;;
    banger.gateway=*) gateway=${word#*=} ;;
    esac
done
if [ -n "$address" ]; then
    for device in /sys/class/net/*/device; do
        [ -e "$device" ] || continue
        card=${device%/device}
        card=${card##*/}
        busybox ip link set lo up && busybox ip link set "$card" up && busybox ip addr replace "$address" dev "$card" &&
            { [ -z "$gateway" ] || busybox ip route replace default via "$gateway" dev "$card"; } &&
            echo "$address $gateway" >run/banger/network
        break
    done
fi

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
