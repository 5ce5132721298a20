package dev.banger.plugin.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.testkit.FakeStepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookStepTest {
  private static final String PRESENT =
      "[ $1 = observe ] && echo '{\"state\":\"present\"}'; exit 0";

  @TempDir Path temp;
  private Bench bench;

  @BeforeEach
  void aBench() throws IOException {
    bench = new Bench(temp);
  }

  @Test
  void scripts_start_in_the_order_of_their_names_and_stop_in_reverse() throws Exception {
    bench.script("guest/20-b", "");
    bench.script("guest/10-a", "");
    bench.script("guest/B", "");
    bench.script("host/00-elsewhere", "");

    HookReceipt receipt = bench.started();

    assertThat(bench.log())
        .isEqualTo("10-a plan, 10-a start, 20-b plan, 20-b start, B plan, B start");
    bench.forgetLog();
    assertThat(bench.stop(receipt)).isEqualTo(Stopped.released());
    assertThat(bench.log()).isEqualTo("B stop, 20-b stop, 10-a stop");
  }

  @Test
  void a_script_is_told_about_the_vm_and_gets_back_what_it_gave() throws Exception {
    bench.script(
        "guest/10-a",
        """
        cat > "$here/$1.json"
        env > "$here/$1.env"
        pwd > "$here/pwd"
        case $1 in
          plan) echo '{"receipt":{"n":12345678901234567890,"x":1.50,"s":"\\u00e4\\"","l":[null,true,{}]}}' ;;
          start) echo '{"receipt":{"made":1},"note":"made it"}' ;;
          stop) echo '{"note":"gone"}' ;;
        esac
        """);

    Started<HookReceipt> started = bench.start();

    assertThat(started)
        .isInstanceOfSatisfying(
            Started.Ok.class,
            ok -> assertThat(ok.note()).isEqualTo("1 script; guest/10-a: made it"));
    Map<String, Object> asked = Json.object(bench.left("start.json"));
    assertThat(asked).containsEntry("action", "start").containsEntry("phase", "guest");
    assertThat(asked).containsEntry("operation", "op-1");
    assertThat(asked.get("vm"))
        .isEqualTo(
            Map.of(
                "id", "0123456789ab",
                "name", "web",
                "image", "tiny",
                "address", "127.77.0.2",
                "labels", Map.of("team", "shop"),
                "state", "starting"));
    assertThat(bench.left("start.json"))
        .contains(
            "\"receipt\":{\"n\":12345678901234567890,\"x\":1.50,\"s\":\"ä\\\"\",\"l\":[null,true,{}]}");
    assertThat(bench.left("plan.json")).contains("\"receipt\":{}");
    assertThat(bench.left("start.env"))
        .contains("BANGER_HOOK_VM=web", "BANGER_HOOK_VM_ADDRESS=127.77.0.2")
        .contains("BANGER_HOOK_VM_ID=0123456789ab", "BANGER_HOOK_ACTION=start");
    assertThat(bench.left("pwd")).isEqualTo(bench.hooks.resolve("guest").toRealPath().toString());

    assertThat(bench.stop(((Started.Ok<HookReceipt>) started).receipt()))
        .isEqualTo(Stopped.released("guest/10-a: gone"));
    assertThat(bench.left("stop.json")).contains("\"receipt\":{\"made\":1}");
  }

  @Test
  void the_plan_is_stored_before_the_script_starts() throws Exception {
    bench.script("guest/10-a", "[ $1 = plan ] && echo '{\"receipt\":{\"dir\":\"d\"}}'; exit 0");
    FakeStepContext<HookReceipt> call = bench.starting();

    bench.start(call);

    assertThat(call.intended().getFirst().runs())
        .singleElement()
        .extracting(HookReceipt.Run::receipt)
        .isEqualTo("{\"dir\":\"d\"}");
  }

  @Test
  void a_script_whose_plan_cannot_be_stored_is_not_started() throws Exception {
    bench.script("guest/10-a", "");
    FakeStepContext<HookReceipt> storesNothing = FakeStepContext.of(bench.context(), Bench.WEB);

    assertThat(bench.start(storesNothing))
        .isInstanceOfSatisfying(
            Started.Degraded.class,
            degraded -> assertThat(degraded.why()).contains("guest/10-a cannot be stored"));
    assertThat(bench.log()).isEqualTo("10-a plan");
  }

  @Test
  void a_script_that_fails_is_undone_alone_and_the_vm_is_degraded() throws Exception {
    bench.script("guest/10-a", "");
    bench.script("guest/20-b", "[ $1 != start ] || { echo 'no room' >&2; exit 3; }");
    bench.script("guest/30-c", "");

    Started<HookReceipt> started = bench.start();

    assertThat(started)
        .isInstanceOfSatisfying(
            Started.Degraded.class,
            degraded ->
                assertThat(degraded.why())
                    .isEqualTo("script guest/20-b start failed: exit code 3: no room"));
    assertThat(bench.log())
        .isEqualTo(
            "10-a plan, 10-a start, 20-b plan, 20-b start, 20-b stop, 30-c plan, 30-c start");
    bench.forgetLog();
    bench.stop(((Started.Degraded<HookReceipt>) started).receipt());
    assertThat(bench.log()).isEqualTo("30-c stop, 10-a stop");
  }

  @Test
  void one_that_cannot_be_undone_either_is_kept_for_later() throws Exception {
    bench.script("guest/10-a", "[ $1 = plan ] || [ -e \"$here/mended\" ] || exit 3");

    HookReceipt receipt = bench.started();
    assertThatThrownBy(() -> bench.stop(receipt))
        .hasMessage("script guest/10-a stop failed: exit code 3, and it said nothing");
    Files.createFile(bench.here.resolve("mended"));

    assertThat(bench.stop(receipt)).isEqualTo(Stopped.released());
  }

  @Test
  void a_required_script_that_fails_fails_the_start_and_the_receipt_covers_it() throws Exception {
    bench.requiring("guest/20-b");
    bench.script("guest/10-a", "");
    bench.script("guest/20-b", "[ $1 != start ] || exit 1");
    bench.script("guest/30-c", "");
    FakeStepContext<HookReceipt> call = bench.starting();

    assertThatThrownBy(() -> bench.start(call))
        .isInstanceOfSatisfying(
            CapabilityException.class,
            e -> assertThat(e.hint()).isEqualTo("it is " + bench.hooks.resolve("guest/20-b")))
        .hasMessageContaining("guest/20-b start failed");

    bench.forgetLog();
    bench.stop(call.intended().getLast());
    assertThat(bench.log()).isEqualTo("20-b stop, 10-a stop");
  }

  @Test
  void a_required_script_that_is_missing_fails_the_start() throws Exception {
    bench.requiring("guest/20-b", "host/10-other");

    assertThatThrownBy(bench::start)
        .hasMessage(bench.hooks.resolve("guest/20-b") + " is not there");
  }

  @Test
  void a_script_that_dies_between_its_plan_and_its_deed_is_stopped_with_its_plan()
      throws Exception {
    bench.requiring("guest/10-a");
    bench.script(
        "guest/10-a",
        """
        case $1 in
          plan) echo '{"receipt":{"dir":"made"}}' ;;
          start) mkdir "$here/made"; kill -9 $$ ;;
          stop) dir=$(sed 's/.*"dir":"\\([a-z]*\\)".*/\\1/'); rmdir "$here/$dir" ;;
        esac
        """);
    FakeStepContext<HookReceipt> call = bench.starting();

    assertThatThrownBy(() -> bench.start(call)).hasMessageContaining("exit code 137");
    assertThat(bench.here.resolve("made")).exists();

    bench.stop(call.intended().getLast());
    assertThat(bench.here.resolve("made")).doesNotExist();
  }

  @Test
  void a_script_that_was_deleted_is_waited_for_and_the_others_are_stopped() throws Exception {
    bench.script("guest/10-a", "");
    Path gone = bench.script("guest/20-b", "");
    HookReceipt receipt = bench.started();
    Path kept = Files.move(gone, temp.resolve("kept"));
    bench.forgetLog();

    assertThat(bench.stop(receipt))
        .isInstanceOfSatisfying(
            Stopped.Pending.class,
            pending -> assertThat(pending.why()).contains(gone.toString(), "put it back"));
    assertThat(bench.log()).isEqualTo("10-a stop");

    Files.move(kept, gone);
    assertThat(bench.stop(receipt)).isEqualTo(Stopped.released());
    assertThat(bench.log()).isEqualTo("10-a stop, 20-b stop, 10-a stop");
  }

  @Test
  void a_script_that_was_changed_is_stopped_by_what_it_is_now() throws Exception {
    bench.script("guest/10-a", "");
    HookReceipt receipt = bench.started();
    bench.script("guest/10-a", "echo now > \"$here/who\"");

    assertThat(bench.stop(receipt))
        .isEqualTo(Stopped.released("guest/10-a is not the script that was started"));
    assertThat(bench.left("who")).isEqualTo("now");
  }

  @Test
  void every_script_is_stopped_even_when_one_fails() throws Exception {
    bench.script("guest/10-a", "[ $1 != stop ] || exit 4");
    bench.script("guest/20-b", "");
    Path gone = bench.script("guest/30-c", "");
    bench.script("guest/40-d", "[ $1 != stop ] || exit 5");
    HookReceipt receipt = bench.started();
    Files.delete(gone);
    bench.forgetLog();

    assertThatThrownBy(() -> bench.stop(receipt))
        .hasMessageContainingAll("40-d", "exit code 5", "10-a", "exit code 4", gone.toString());
    assertThat(bench.log()).isEqualTo("40-d stop, 20-b stop, 10-a stop");
  }

  @Test
  void a_stop_without_a_start_has_nothing_to_do() throws Exception {
    bench.script("guest/10-a", "");

    assertThat(bench.stop(null)).isEqualTo(Stopped.nothingToDo());
    assertThat(bench.stop(new HookReceipt(List.of()))).isEqualTo(Stopped.nothingToDo());
    assertThat(bench.log()).isEmpty();
  }

  @Test
  void without_scripts_the_step_is_skipped() throws Exception {
    assertThat(bench.start()).isInstanceOf(Started.Skipped.class);
  }

  @Test
  void a_script_with_nothing_to_do_is_not_stopped() throws Exception {
    bench.script("guest/10-a", "[ $1 = plan ] && echo '{\"skipped\":\"no label\"}'; exit 0");
    bench.script("guest/20-b", "[ $1 = start ] && echo '{\"skipped\":\"no label\"}'; exit 0");

    assertThat(bench.start()).isInstanceOf(Started.Skipped.class);
    assertThat(bench.log()).isEqualTo("10-a plan, 20-b plan, 20-b start");

    bench.script("guest/30-c", "");
    assertThat(bench.started().runs())
        .extracting(HookReceipt.Run::file)
        .containsExactly(bench.hooks.resolve("guest/30-c").toString());
  }

  @Test
  void a_script_that_did_a_part_degrades_the_vm_even_when_required() throws Exception {
    bench.requiring("guest/10-a");
    bench.script("guest/10-a", "echo '{\"degraded\":\"2 of 3\"}'");

    assertThat(bench.start())
        .isInstanceOfSatisfying(
            Started.Degraded.class,
            degraded -> assertThat(degraded.why()).isEqualTo("guest/10-a: 2 of 3"));
  }

  @Test
  void what_the_scripts_found_is_what_the_step_observes() throws Exception {
    bench.script("guest/10-a", PRESENT);
    HookReceipt one = bench.started();
    assertThat(bench.observe(one)).isEqualTo(Observed.present(one));

    bench.script("guest/20-b", "[ $1 = observe ] && cat \"$here/state\"; exit 0");
    HookReceipt two = bench.started();
    assertThat(bench.observe(two)).isInstanceOf(Observed.Unknown.class);
    Files.writeString(bench.here.resolve("state"), "{\"state\":\"drifted\"}");
    assertThat(bench.observe(two)).isEqualTo(Observed.drifted(two, "guest/20-b drifted"));
    Files.writeString(bench.here.resolve("state"), "{\"state\":\"gone\"}");
    assertThat(bench.observe(two)).isEqualTo(Observed.drifted(two, "guest/20-b gone"));
    Files.writeString(bench.here.resolve("state"), "nonsense");
    assertThat(bench.observe(two)).isInstanceOf(Observed.Unknown.class);
    Files.delete(bench.hooks.resolve("guest/20-b"));
    assertThat(bench.observe(two)).isInstanceOf(Observed.Unknown.class);

    bench.script("guest/10-a", "echo '{\"state\":\"gone\"}'");
    assertThat(bench.observe(one)).isEqualTo(Observed.gone());
    assertThat(bench.observe(null)).isInstanceOf(Observed.Unknown.class);
  }

  @Test
  void without_env_the_reason_is_told() throws Exception {
    bench.script("guest/10-a", "");
    bench.requiring("guest/10-a");
    bench.host.without("env");

    assertThatThrownBy(bench::start)
        .isInstanceOfSatisfying(
            CapabilityException.class,
            e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE));
  }
}
