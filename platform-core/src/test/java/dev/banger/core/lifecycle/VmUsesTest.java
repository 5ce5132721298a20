package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VmUsesTest {
  private static final VmId WEB = new VmId("aaaaaaaaaaaa");
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  private final AtomicLong awake = new AtomicLong();
  private Instant wall = NOON;
  private final VmUses uses = new VmUses(() -> wall, awake::get);

  private void pass(Duration time) {
    awake.addAndGet(time.toNanos());
    wall = wall.plus(time);
  }

  private VmUses.Usage web() {
    return uses.of(WEB).orElseThrow();
  }

  @BeforeEach
  void itRuns() {
    uses.begin(WEB);
  }

  @Test
  void a_vm_counts_as_used_when_it_begins_to_run() {
    pass(Duration.ofMinutes(3));
    assertThat(web()).isEqualTo(new VmUses.Usage(NOON, "start", Duration.ofMinutes(3), List.of()));
  }

  @Test
  void nothing_is_known_of_a_vm_that_does_not_run() {
    VmId other = new VmId("bbbbbbbbbbbb");
    uses.touch(other, "touch");
    VmUses.Use failing = uses.open(other, "exec");

    assertThat(uses.of(other)).isEmpty();
    failing.close();
    assertThat(uses.count()).isEqualTo(1);
  }

  @Test
  void what_is_open_is_a_use_until_its_end_and_the_last_thing_then() {
    VmUses.Use exec = uses.open(WEB, "exec");
    uses.open(WEB, "port 22").close();
    pass(Duration.ofHours(2));

    assertThat(web().now()).containsExactly("exec");
    assertThat(web().unusedFor()).isZero();

    exec.close();
    pass(Duration.ofMinutes(3));
    assertThat(web())
        .isEqualTo(
            new VmUses.Usage(
                NOON.plus(Duration.ofHours(2)), "exec", Duration.ofMinutes(3), List.of()));
  }

  @Test
  void a_use_that_is_closed_twice_does_not_end_another_nor_counts_again() {
    VmUses.Use first = uses.open(WEB, "exec");
    VmUses.Use second = uses.open(WEB, "exec");
    first.close();
    first.close();

    assertThat(web().now()).containsExactly("exec");
    second.close();
    pass(Duration.ofMinutes(1));
    first.close();
    assertThat(web().unusedFor()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void the_night_that_a_host_was_asleep_is_no_time_without_use() {
    uses.touch(WEB, "touch");
    wall = wall.plus(Duration.ofHours(9));

    assertThat(web().unusedFor()).isZero();
  }

  @Test
  void the_end_of_a_use_after_the_end_of_its_vm_leaves_nothing() {
    VmUses.Use exec = uses.open(WEB, "exec");
    uses.end(WEB);
    assertThat(uses.of(WEB)).isEmpty();

    exec.close();
    assertThat(uses.count()).isZero();
  }

  @Test
  void a_restart_is_one_use_from_beginning_to_end() {
    VmUses.Use restart = uses.open(WEB, "restart");
    uses.end(WEB);
    uses.begin(WEB);

    assertThat(web().now()).containsExactly("restart");
    restart.close();
    assertThat(web().by()).isEqualTo("restart");
  }

  @Test
  void any_number_of_uses_is_told_in_a_few_words() {
    for (int port = 1; port <= 100; port++) {
      var _ = uses.open(WEB, "port " + port);
    }
    assertThat(web().now()).hasSize(20);
  }
}
