package dev.banger.plugin.idle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityHost;
import dev.banger.api.Permission;
import dev.banger.api.VmUsage;
import dev.banger.api.VmView;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeVm;
import dev.banger.testkit.MemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T12:31:07Z");
  private static final String WHY =
      "stopped at 2026-01-02 12:31 because it was not used for 30 min (last use: exec at 12:01)";

  @TempDir Path temp;
  private final MemoryStore store = new MemoryStore();
  private final Map<String, List<String>> remarks = new HashMap<>();
  private final FakeVm web = FakeVm.running("web");
  private FakeCapabilityHost host;
  private Notes notes;

  @BeforeEach
  void aHost() {
    host = new FakeCapabilityHost(Set.of(Permission.VM_READ, Permission.VM_STOP), temp);
    host.with(web);
    notes = opened();
  }

  private Notes opened() {
    remarks.clear();
    Notes opened = new Notes(store, (vm, lines) -> remarks.put(vm, lines));
    opened.recall();
    return opened;
  }

  private Duration round() throws InterruptedException {
    return round(Duration.ofMinutes(30));
  }

  private Duration round(Duration after) throws InterruptedException {
    return rounds(host, after).round();
  }

  private Rounds rounds(CapabilityHost on, Duration after) {
    return new Rounds(
        on,
        new IdleStopSettings(after, 10),
        notes,
        System.getLogger("test"),
        () -> NOW,
        ZoneOffset.UTC);
  }

  private void unused(VmView vm, Duration time) {
    usage(vm, time, List.of(), OptionalDouble.empty(), false);
  }

  private void usage(
      VmView vm, Duration time, List<String> inUse, OptionalDouble cpu, boolean paused) {
    host.usage(vm, new VmUsage(NOW.minus(time), "exec", time, inUse, cpu, paused));
  }

  private List<String> said() {
    return remarks.getOrDefault(web.id(), List.of());
  }

  @Test
  void a_vm_that_was_used_lately_runs_on() throws Exception {
    unused(web, Duration.ofMinutes(20));

    assertThat(round()).isEqualTo(Duration.ofSeconds(60));
    assertThat(host.stops()).isEmpty();
    assertThat(said()).isEmpty();
  }

  @Test
  void a_vm_that_will_be_stopped_soon_says_when_and_how_to_keep_it() throws Exception {
    unused(web, Duration.ofMinutes(25));
    round();
    assertThat(said()).containsExactly("stops at 12:36 unless it is used, or: banger vm touch web");

    unused(web, Duration.ZERO);
    round();
    assertThat(said()).isEmpty();
    assertThat(host.stops()).isEmpty();
  }

  @Test
  void an_unused_vm_is_stopped_and_says_why_until_it_is_started_again() throws Exception {
    unused(web, Duration.ofMinutes(30));
    round();
    assertThat(host.stops()).containsExactly("web: not used for 30 min (last use: exec at 12:01)");
    assertThat(said()).containsExactly(WHY);

    round();
    assertThat(said()).containsExactly(WHY);

    host.with(web);
    unused(web, Duration.ZERO);
    round();
    assertThat(said()).isEmpty();
    assertThat(store.keys("")).isEmpty();
  }

  @Test
  void why_it_was_stopped_is_known_after_a_restart_of_the_daemon() throws Exception {
    unused(web, Duration.ofMinutes(31));
    round();

    notes = opened();
    assertThat(said()).hasSize(1);
    round();
    assertThat(said()).hasSize(1);
  }

  @Test
  void a_start_while_the_daemon_was_down_is_noticed() throws Exception {
    unused(web, Duration.ofMinutes(31));
    round();
    host.with(web);
    unused(web, Duration.ZERO);

    notes = opened();
    round();
    assertThat(said()).isEmpty();
    assertThat(store.keys("")).isEmpty();
  }

  @Test
  void a_vm_that_is_used_between_the_look_and_the_stop_is_not_stopped() throws Exception {
    VmUsage seen =
        new VmUsage(NOW, "exec", Duration.ofHours(1), List.of(), OptionalDouble.empty(), false);
    host.usage(web, seen);
    FakeCapabilityHost inner = host;
    Rounds rounds =
        rounds(Meanwhile.around(inner, () -> unused(web, Duration.ZERO)), Duration.ofMinutes(30));
    rounds.round();

    assertThat(inner.stops()).isEmpty();
    assertThat(said()).isEmpty();
    assertThat(store.keys("")).isEmpty();
  }

  @Test
  void what_is_used_or_busy_or_paused_runs_on_however_longAgo_somebody_came() throws Exception {
    Duration longAgo = Duration.ofHours(5);
    usage(web, longAgo, List.of("session build"), OptionalDouble.empty(), false);
    round();
    usage(web, longAgo, List.of(), OptionalDouble.of(10), false);
    round();
    usage(web, longAgo, List.of(), OptionalDouble.empty(), true);
    round();

    assertThat(host.stops()).isEmpty();
    usage(web, longAgo, List.of(), OptionalDouble.of(9.9), false);
    round();
    assertThat(host.stops()).hasSize(1);
  }

  @Test
  void a_label_is_stronger_than_what_is_configured() throws Exception {
    host.withoutVm("web");
    VmView kept = AllowanceTest.labelled("never");
    host.with(kept);
    unused(kept, Duration.ofHours(5));
    round();
    assertThat(host.stops()).isEmpty();

    VmView brief = AllowanceTest.labelled("20s");
    host.with(brief);
    unused(brief, Duration.ofSeconds(20));
    assertThat(round(Duration.ZERO)).isEqualTo(Duration.ofSeconds(2));
    assertThat(host.stops()).hasSize(1);
  }

  @Test
  void only_a_vm_with_less_time_than_the_others_cannot_wait_for_the_next_round() throws Exception {
    unused(web, Duration.ZERO);
    Rounds rounds = rounds(host, Duration.ofSeconds(50));
    assertThat(rounds.round()).isEqualTo(Duration.ofSeconds(5));

    assertThat(rounds.isUrgent(FakeVm.running("another"))).isFalse();
    assertThat(rounds.isUrgent(AllowanceTest.labelled("never"))).isFalse();
    assertThat(rounds.isUrgent(AllowanceTest.labelled("a while"))).isFalse();
    assertThat(rounds.isUrgent(AllowanceTest.labelled("49s"))).isTrue();
  }

  @Test
  void a_vm_whose_label_is_no_time_runs_on_and_says_so() throws Exception {
    VmView odd = AllowanceTest.labelled("a while");
    host.with(odd);
    unused(odd, Duration.ofHours(5));
    round();

    assertThat(host.stops()).isEmpty();
    assertThat(remarks.get(odd.id()).getFirst())
        .startsWith("is not stopped when it is unused: the label idle-stop must be");
  }

  @Test
  void one_vm_that_cannot_be_asked_does_not_keep_others_from_being_stopped() throws Exception {
    // As the daemon knows them, both run; the host has forgotten one.
    host.with(FakeVm.running("gone").in("stopping"));
    unused(web, Duration.ofHours(5));
    round();

    assertThat(host.stops()).hasSize(1);
  }

  @Test
  void what_was_known_of_a_deleted_vm_is_forgotten() throws Exception {
    unused(web, Duration.ofHours(5));
    round();
    host.withoutVm("web");
    round();

    assertThat(store.keys("")).isEmpty();
    assertThat(said()).isEmpty();
  }
}
