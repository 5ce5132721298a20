package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The first five minutes of a new user, on the smallest guest. */
class QuickTourIT {
  @Test
  void aFreshHomeHasNoVmAndSaysSoToPrograms() {
    try (BangerHome home = BangerHome.empty()) {
      assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
    }
  }

  @Test
  void aVmIsCreatedRunsACommandAndLeavesNothingBehind() {
    try (BangerHome home = BangerHome.with("tiny")) {
      home.ok("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");

      Ran ran = home.run("vm", "exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
      ran.exited(7);
      assertThat(ran.out()).isEqualTo("out\n");
      assertThat(ran.err()).contains("err");

      home.ok("vm", "delete", "web");
      assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
    }
  }
}
