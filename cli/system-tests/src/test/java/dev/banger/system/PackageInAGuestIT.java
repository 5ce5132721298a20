package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The Debian package on a real Debian with a real systemd, which is a guest of banger. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PackageInAGuestIT {
  /** Every start of a JVM in there is emulated. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static BangerHome home;
  private static String filesBefore;

  @BeforeAll
  static void open() throws Exception {
    home = BangerHome.with("debian");
    home.ok("vm", "create", "host", "--image", "debian", "--cpus", "2", "--memory", "2GiB");
    home.ok("vm", "cp", Packages.deb().toString(), "host:/var/tmp/banger.deb");
  }

  @AfterAll
  static void close() {
    home.close();
  }

  private static String guest(String script) {
    return home.banger("vm", "exec", "host", "--", "sh", "-ec", script)
        .within(PATIENCE)
        .run()
        .ok()
        .out();
  }

  @Test
  @Order(1)
  void itIsInstalledAndItsUnitsAreSound() {
    filesBefore = guest(FILES);

    // The packages it depends on are not in this guest, and there is no network to get them from.
    guest("dpkg -i --force-depends /var/tmp/banger.deb; rm /var/tmp/banger.deb");

    assertThat(guest("cd /; banger version")).startsWith("banger ");
    assertThat(
            guest(
                "cd /usr/lib/systemd; systemd-analyze verify --man=no system/banger.socket"
                    + " system/banger.service user/banger.socket user/banger.service 2>&1"))
        .isEmpty();
  }

  private static final String FILES =
      "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path"
          + " /var/lib/dpkg -o -path /var/log -o -path /var/tmp -o -path /root \\) -prune -o -print"
          + " | grep -F banger | sort";

  @Test
  @Order(2)
  void theFirstRequestStartsTheDaemon() {
    // Emulated on a busy host, a start may take longer than a client waits.
    assertThat(
            guest(
                """
                systemctl start banger.socket
                systemctl is-active banger.service || stat -c '%a %U' /run/bangerd
                for attempt in 1 2 3; do banger vm list -o json >/run/said && break; done
                cat /run/said
                systemctl is-active banger.service
                """))
        .isEqualTo("inactive\n700 root\n[]\nactive\n");
  }

  @Test
  @Order(3)
  void whatTheServiceStartedOutlivesIt() {
    assertThat(guest("systemctl show -p KillMode banger.service")).isEqualTo("KillMode=process\n");
    // In the place of a VM: a process in the service's control group.
    guest(
        "setsid sh -c 'echo $$ >/sys/fs/cgroup/system.slice/banger.service/cgroup.procs"
            + " && echo $$ >/run/stand-in && exec sleep 3600' >/dev/null 2>&1 </dev/null &"
            + " until [ -s /run/stand-in ]; do sleep 0.1; done");

    guest("systemctl stop banger.service 2>&1");

    assertThat(guest("systemctl is-active banger.service || true")).isEqualTo("inactive\n");
    assertThat(guest("systemctl is-active banger.socket")).isEqualTo("active\n");
    assertThat(guest("cat /proc/$(cat /run/stand-in)/comm")).isEqualTo("sleep\n");
    assertThat(guest("journalctl -o cat -u banger.service")).contains("stopping; VMs keep running");
  }

  @Test
  @Order(4)
  void removingItLeavesNothingButWhatRuns() {
    guest("systemctl enable banger.socket 2>&1; dpkg -r banger");

    assertThat(guest("systemctl is-active banger.socket || true")).isEqualTo("inactive\n");
    assertThat(guest("cat /proc/$(cat /run/stand-in)/comm")).isEqualTo("sleep\n");
    assertThat(guest(FILES)).isEqualTo(filesBefore);
    assertThat(guest("ls -d /run/bangerd 2>&1 || true")).contains("No such file");
    guest("kill $(cat /run/stand-in)");
  }
}
