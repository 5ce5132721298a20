package dev.banger.core.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The root file system of the tiny image: BusyBox and a handful of text files. */
final class TinyTree {
  private static final List<String> DIRECTORIES =
      List.of(
          "bin",
          "dev",
          "etc/acpi/PWRF",
          "etc/init.d",
          "home",
          "mnt",
          "opt",
          "proc",
          "root",
          "run",
          "sbin",
          "srv",
          "sys",
          "tmp",
          "usr/bin",
          "usr/sbin",
          "var/log",
          "var/tmp");

  private TinyTree() {}

  /** Fills {@code dir}, which must be empty. */
  static void write(Path dir, Path busybox, List<String> applets) throws IOException {
    for (String name : DIRECTORIES) {
      Files.createDirectories(dir.resolve(name));
    }
    try (var below = Files.walk(dir)) {
      for (Path each : below.toList()) {
        mode(each, "rwxr-xr-x");
      }
    }
    mode(dir.resolve("tmp"), 01777);
    mode(dir.resolve("var/tmp"), 01777);

    Files.copy(busybox, dir.resolve("bin/busybox"), StandardCopyOption.REPLACE_EXISTING);
    mode(dir.resolve("bin/busybox"), "rwxr-xr-x");
    for (String applet : applets) {
      Path link = dir.resolve(applet);
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, Path.of("/bin/busybox"));
      }
    }
    Files.createSymbolicLink(dir.resolve("etc/mtab"), Path.of("/proc/mounts"));
    Files.createSymbolicLink(dir.resolve("var/run"), Path.of("/run"));

    text(dir, "etc/passwd", PASSWD, "rw-r--r--");
    text(dir, "etc/group", GROUP, "rw-r--r--");
    text(dir, "etc/shadow", SHADOW, "rw-------");
    text(dir, "etc/shells", "/bin/sh\n", "rw-r--r--");
    text(dir, "etc/hosts", HOSTS, "rw-r--r--");
    text(dir, "etc/resolv.conf", "", "rw-r--r--");
    text(dir, "etc/os-release", OS_RELEASE, "rw-r--r--");
    text(dir, "etc/profile", PROFILE, "rw-r--r--");
    text(dir, "etc/inittab", INITTAB, "rw-r--r--");
    text(dir, "etc/init.d/rcS", RC_START, "rwxr-xr-x");
    text(dir, "etc/init.d/rcK", RC_STOP, "rwxr-xr-x");
    // acpid runs what lies under the name of the event's device: power button, pressed.
    text(dir, "etc/acpi/PWRF/00000080", "#!/bin/sh\nexec /sbin/poweroff\n", "rwxr-xr-x");
  }

  private static void text(Path dir, String name, String content, String mode) throws IOException {
    mode(Files.writeString(dir.resolve(name), content), mode);
  }

  private static void mode(Path file, String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void mode(Path file, int mode) throws IOException {
    Files.setAttribute(file, "unix:mode", mode);
  }

  private static final String PASSWD =
      """
      root:x:0:0:root:/root:/bin/sh
      daemon:x:1:1:daemon:/:/bin/false
      nobody:x:65534:65534:nobody:/:/bin/false
      """;

  private static final String GROUP =
      """
      root:x:0:
      daemon:x:1:
      tty:x:5:
      nogroup:x:65534:
      """;

  private static final String SHADOW =
      """
      root:*:1::::::
      daemon:*:1::::::
      nobody:*:1::::::
      """;

  private static final String HOSTS =
      """
      127.0.0.1 localhost
      ::1 localhost ip6-localhost
      """;

  private static final String OS_RELEASE =
      """
      NAME="banger tiny"
      PRETTY_NAME="banger tiny (BusyBox)"
      ID=banger-tiny
      """;

  private static final String PROFILE =
      """
      export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
      export HOME="${HOME:-/root}"
      PS1='\\h:\\w\\$ '
      """;

  /** Nobody logs in on the console: it is a log. */
  private static final String INITTAB =
      """
      ::sysinit:/etc/init.d/rcS
      ::ctrlaltdel:/sbin/poweroff
      ::shutdown:/etc/init.d/rcK
      """;

  private static final String RC_START =
      """
      #!/bin/sh
      # Mounts what the initramfs has not mounted. /run belongs to the initramfs and stays as it is.
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      export PATH

      mounted() {
        while read -r _ where _; do
          [ "$where" = "$1" ] && return 0
        done </proc/mounts
        return 1
      }

      [ -e /proc/mounts ] || mount -t proc -o nosuid,nodev,noexec proc /proc
      mounted /sys || mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
      mounted /dev || mount -t devtmpfs -o nosuid devtmpfs /dev
      mkdir -p /dev/pts /dev/shm
      mounted /dev/pts || mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts /dev/pts
      mounted /dev/shm || mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /dev/shm
      mounted /tmp || mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /tmp
      ip link set lo up
      # The power button, where the machine has one.
      for event in /dev/input/event*; do
        [ -e "$event" ] && acpid -l /dev/null && break
      done
      exit 0
      """;

  private static final String RC_STOP =
      """
      #!/bin/sh
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      export PATH
      sync
      umount -a -r 2>/dev/null
      exit 0
      """;
}
