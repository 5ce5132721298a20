package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guests that do not do as they are asked. */
class StubbornGuestIT {
  @Test
  void aGuestThatIgnoresShutdownIsForcedAfterItsGraceAndSaysSo() {
    try (BangerHome home = BangerHome.with("tiny")) {
      home.ok("vm", "create", "mule", "--image", "tiny", "--memory", "256MiB");
      // Whatever is asked to power off now does nothing and says it did.
      home.ok(
          "vm",
          "exec",
          "mule",
          "--",
          "sh",
          "-c",
          "for p in /sbin/poweroff /bin/poweroff /usr/sbin/poweroff /usr/bin/poweroff; do"
              + " [ -e $p ] && rm -f $p && printf '#!/bin/sh\\n' > $p && chmod 755 $p; done;"
              + " [ -e /sbin/poweroff ] || { printf '#!/bin/sh\\n' > /sbin/poweroff; chmod 755 /sbin/poweroff; }; true");

      long began = System.nanoTime();
      Ran stopped = home.ok("vm", "stop", "mule", "--timeout", "3s");
      Duration took = Duration.ofNanos(System.nanoTime() - began);

      assertThat(stopped.out() + stopped.err()).contains("forced");
      // The bound is the promise itself: grace and five seconds, and a client's start.
      assertThat(took).isLessThan(Duration.ofSeconds(3 + 5 + 3));
    }
  }

  @Test
  void aGuestThatNeverBecomesReadyFailsTheCreateWithItsConsoleAndLeavesNothing() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      Ran created =
          home.run(
              "vm", "create", "mute", "--image", "tiny", "--memory", "64MiB", "--timeout", "40s");

      created.exited(1);
      assertThat(created.err())
          .contains("console, last lines")
          .contains("the VM was removed again");
      assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
      assertThat(home.dir().resolve("data/vms")).isEmptyDirectory();
    }
  }
}
