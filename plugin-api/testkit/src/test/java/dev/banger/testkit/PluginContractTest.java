package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.banger.testkit.sample.Defect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class PluginContractTest {
  private static final String CRASH_START =
      "a crash at any moment of a start leaves nothing behind once the VM is down";
  private static final String CRASH_RUNNING =
      "a crash at any moment of a start is recovered from while the VM runs";
  private static final String CRASH_STOP = "a crash at any moment of a stop leaves nothing behind";

  @TempDir Path receipts;

  /** The rules that fail, with the reason. */
  static Map<String, String> judged(Suspect.Charge charge) {
    return ScopedValue.where(Suspect.CHARGE, charge)
        .call(
            () -> {
              Events tests =
                  EngineTestKit.engine("junit-jupiter")
                      .selectors(selectClass(Suspect.class))
                      .execute()
                      .testEvents();
              assertThat(tests.skipped().count() + tests.aborted().count()).isZero();
              assertThat(tests.succeeded().count() + tests.failed().count()).isPositive();
              Map<String, String> failed = new LinkedHashMap<>();
              tests.failed().stream()
                  .forEach(
                      event ->
                          failed.put(
                              event.getTestDescriptor().getDisplayName(),
                              String.valueOf(event.getPayload().orElse(""))));
              return failed;
            });
  }

  private void keep(String step, String receipt) throws IOException {
    Files.writeString(Files.createDirectories(receipts.resolve(step)).resolve("1.json"), receipt);
  }

  private Suspect.Charge charge(Defect defect) throws IOException {
    keep("rule", "{\"name\":\"0000000000aa\",\"address\":\"127.77.0.9\"}");
    keep("greeting", "{\"word\":\"hello\"}");
    return Suspect.Charge.of(defect, receipts);
  }

  /**
   * Which rules a defect breaks.
   *
   * @param others whether it may break more: one that cannot stop breaks whatever stops
   */
  private record Broken(boolean others, List<String> rules) {
    static Broken exactly(String... rules) {
      return new Broken(false, List.of(rules));
    }

    static Broken atLeast(String... rules) {
      return new Broken(true, List.of(rules));
    }
  }

  private static Broken by(Defect defect) {
    return switch (defect) {
      case NONE, PINS_ITS_LOADER -> Broken.exactly();
      case REGISTER_THROWS -> Broken.exactly("its declarations are well-formed");
      case ADDS_NOTHING ->
          Broken.exactly(
              "it adds something",
              "\"ports list\" {} answers what its columns show",
              "after vm.test {vm=web} it does its part");
      case REGISTER_STARTS_A_THREAD -> Broken.exactly("declaring touches nothing");
      case DECLARES_BY_THE_CLOCK -> Broken.exactly("two instances declare the same");
      case DOES_NOT_OPEN -> Broken.exactly("it opens and closes in a new world");
      case UNDECLARED_PERMISSION -> Broken.exactly("whatever it asks of the host, it has declared");
      case EFFECT_BEFORE_INTEND ->
          Broken.exactly("a start that fails at any call is undone", CRASH_START);
      case START_FAILS ->
          Broken.exactly("every step starts and stops in the world that was prepared");
      case STOP_NEEDS_A_RECEIPT ->
          Broken.exactly(
              "stop without a start succeeds",
              "stop without a receipt succeeds",
              CRASH_START,
              CRASH_RUNNING);
      case STOP_ONLY_ONCE ->
          Broken.atLeast("stop may be repeated", "stop succeeds when what it made was removed");
      case STOP_NEEDS_THE_GUEST ->
          Broken.atLeast(
              "stop succeeds when the guest is gone", "stop succeeds when the VM is gone");
      case STOP_NEEDS_ITS_FILE ->
          Broken.atLeast("stop succeeds when its files are gone", "stop may be repeated");
      case STOP_FORGETS ->
          Broken.atLeast("a start and a stop leave the world as it was", CRASH_START, CRASH_STOP);
      case STOP_TRUSTS_A_FIELD ->
          Broken.exactly(
              CRASH_START,
              CRASH_RUNNING,
              CRASH_STOP,
              "eight VMs at a time do not disturb each other");
      case OBSERVES_DRIFT ->
          Broken.exactly("after a restart, step rule is found as it was started");
      case OBSERVES_ANOTHER_RECEIPT ->
          Broken.exactly(
              "after a restart, step rule is found as it was started",
              "step rule notices that what it made was removed");
      case OBSERVES_BLINDLY -> Broken.exactly("step rule notices that what it made was removed");
      case OBSERVE_REPAIRS -> Broken.exactly("observing changes nothing", CRASH_RUNNING);
      case ONE_FIELD_FOR_ALL_VMS -> Broken.exactly("eight VMs at a time do not disturb each other");
      case IGNORES_INTERRUPTS ->
          Broken.exactly("a start that hangs ends when it is interrupted, and is undone");
      case SWEEPS_THE_LIVING ->
          Broken.exactly(
              "a sweep keeps what belongs to a VM",
              "a sweep removes what belongs to no VM, and no more");
      case SWEEPS_NOTHING, SWEEPS_WITHOUT_SAYING ->
          Broken.exactly("a sweep removes what belongs to no VM, and no more");
      case LEAKS_A_THREAD, BACKGROUND_GOES_ON -> Broken.exactly("closing it leaves no thread");
      case COMMAND_WITHOUT_EXAMPLE -> Broken.exactly("every command shows how it is typed");
      case COLUMN_WITHOUT_FIELD ->
          Broken.exactly("\"ports list\" {} answers what its columns show");
      case FOLLOWER_TRUSTS_VALUES ->
          Broken.exactly(
              "what follows vm.test copes with a command that declares no values",
              "what follows vm.test copes with an answer of rows");
      case FOLLOWER_TRUSTS_THE_ANSWER ->
          Broken.exactly("what follows vm.test copes with an answer of rows");
      case FOLLOWER_NEEDS_MORE ->
          Broken.exactly(
              "whatever it asks of the host, it has declared",
              "after vm.test {vm=web} it does its part");
      case CHECK_THROWS -> Broken.exactly("check nft has an answer where no tool is installed");
      case CHECK_WRITES ->
          Broken.exactly(
              "check nft ends in time, changes nothing, and says what to do",
              "check nft has an answer where no tool is installed");
      case FIX_ONLY_ONCE ->
          Broken.exactly(
              "fix nft may be run twice",
              "fix nft leaves a running VM as it was started",
              "fix nft breaks nothing when what a VM has was removed",
              "fix nft says what is missing where no tool is installed");
      case FIX_BREAKS_VMS -> Broken.exactly("fix nft leaves a running VM as it was started");
      case FIX_LEAVES_SOMETHING ->
          Broken.exactly(
              "fix nft leaves a running VM as it was started",
              "fix nft breaks nothing when what a VM has was removed");
      case WATCHES_BLINDLY ->
          Broken.exactly("a watch notices what was removed, until it is repaired");
      case WATCH_CRIES_WOLF, WATCH_WRITES ->
          Broken.exactly(
              "a watch finds VMs as they were started, and changes nothing",
              "a watch notices what was removed, until it is repaired");
      case FIX_NEEDS_ITS_TOOL ->
          Broken.exactly("fix nft says what is missing where no tool is installed");
    };
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void a_defect_fails_the_rules_that_name_it(Defect defect) throws IOException {
    Map<String, String> failed = judged(charge(defect));
    Broken broken = by(defect);
    if (broken.others()) {
      assertThat(failed).containsKeys(broken.rules().toArray(String[]::new));
    } else {
      assertThat(failed).containsOnlyKeys(broken.rules());
    }
  }

  @Test
  void a_receipt_that_changed_without_a_new_version_fails() throws IOException {
    Suspect.Charge charge = charge(Defect.NONE);
    keep("rule", "{\"name\":\"0000000000aa\"}");
    assertThat(judged(charge).keySet())
        .containsExactly("a receipt of step rule of version 1 is still read and stopped");
  }

  @Test
  void a_receipt_that_is_not_kept_fails_with_what_to_keep() {
    Map<String, String> failed = judged(Suspect.Charge.of(Defect.NONE, receipts));
    assertThat(failed)
        .containsOnlyKeys(
            "a receipt of step rule of this version is kept",
            "a receipt of step greeting of this version is kept");
    assertThat(new ArrayList<>(failed.values()).toString())
        .contains("-Dbanger.receipts.write=true", "\"address\": \"127.77.0.2\"");
  }
}
