package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginChecksTest {
  @TempDir Path temp;
  private RuntimeHarness harness;

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeIt() {
    harness.close();
  }

  @Test
  void checks_of_all_plugins_are_reported_also_those_that_break() throws Exception {
    harness.with(
        "good",
        registering(
            """
            r.doctor("disk", context -> DoctorCheck.Outcome.ok("plenty"));
            r.doctor("net", context -> DoctorCheck.Outcome.warn("slow", "plug it in"));
            r.doctor("odd", context -> { throw new IllegalStateException("hm"); });
            r.doctor("null", context -> null);
            """));
    Files.createDirectories(harness.root.resolve("broken"));

    List<CheckReport> reports = harness.start().doctorChecks();

    assertThat(reports)
        .contains(
            new CheckReport("disk", "good", "ok", "plenty", ""),
            new CheckReport("net", "good", "warn", "slow", "plug it in"));
    assertThat(reports)
        .filteredOn(report -> report.status().equals("fail"))
        .extracting(CheckReport::source, CheckReport::id)
        .containsExactlyInAnyOrder(
            tuple("broken", "loads"), tuple("good", "odd"), tuple("good", "null"));
    assertThat(reports)
        .filteredOn(report -> !report.status().equals("ok"))
        .allSatisfy(report -> assertThat(report.remedy()).isNotBlank());
  }
}
