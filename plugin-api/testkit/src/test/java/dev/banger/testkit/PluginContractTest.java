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
  @TempDir Path receipts;

  /** The rules that fail, with the reason. */
  private static Map<String, String> judged(Suspect.Charge charge) {
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

  /** Which rules a defect breaks. */
  private static List<String> broken(Defect defect) {
    return switch (defect) {
      case NONE, PINS_ITS_LOADER -> List.of();
      default -> List.of("?");
    };
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void a_defect_fails_the_rules_it_breaks_and_no_other(Defect defect) throws IOException {
    Map<String, String> j = judged(charge(defect));
    System.err.println("@@ " + defect);
    j.forEach((k, v) -> System.err.println("@@    " + k + " => " + v.lines().limit(4).toList()));
    assertThat(j.keySet()).containsExactlyInAnyOrderElementsOf(broken(defect));
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
