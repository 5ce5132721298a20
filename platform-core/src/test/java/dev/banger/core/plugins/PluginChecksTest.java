package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

  private static CheckReport report(List<CheckReport> reports, String id) {
    return reports.stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void what_a_plugin_knows_how_to_mend_is_mended_and_looked_at_again() throws Exception {
    Path mended = temp.resolve("mended");
    harness.with(
        "good",
        registering(
            """
            Path file = Path.of("%s");
            r.doctor("file",
                context -> Files.exists(file)
                    ? DoctorCheck.Outcome.ok("there") : DoctorCheck.Outcome.fail("gone", "touch it"),
                context -> { Files.createFile(file); return "made\\nthe file"; });
            r.doctor("fine", context -> DoctorCheck.Outcome.ok("fine"),
                context -> { throw new IllegalStateException("not asked for"); });
            r.doctor("stays", context -> DoctorCheck.Outcome.warn("slow", "plug it in"),
                context -> "pushed it");
            r.doctor("helpless", context -> DoctorCheck.Outcome.warn("slow", "plug it in"),
                context -> "");
            """
                .formatted(mended)));

    assertThat(report(harness.start().doctorChecks(), "file").status()).isEqualTo("fail");
    assertThat(mended).doesNotExist();

    assertThat(harness.runtime().doctorChecks(true))
        .containsExactlyInAnyOrder(
            new CheckReport("file", "good", "ok", "there", "", "made the file"),
            new CheckReport("fine", "good", "ok", "fine", "", ""),
            new CheckReport("stays", "good", "warn", "slow", "plug it in", "pushed it"),
            new CheckReport("helpless", "good", "warn", "slow", "plug it in", ""));
  }

  @Test
  void a_fix_that_breaks_or_hangs_is_told_and_the_others_are_run() throws Exception {
    harness.with(
        "bad",
        registering(
            """
            boolean[] well = new boolean[1];
            r.doctor("a-throws", context -> DoctorCheck.Outcome.fail("ill", "do"),
                context -> { throw new IllegalStateException("hm"); });
            r.doctor("b-hangs", context -> DoctorCheck.Outcome.fail("ill", "do"),
                context -> { Thread.sleep(Duration.ofHours(1)); return "never"; });
            r.doctor("c-null", context -> DoctorCheck.Outcome.fail("ill", "do"), context -> null);
            r.doctor("d-works",
                context -> well[0]
                    ? DoctorCheck.Outcome.ok("well") : DoctorCheck.Outcome.fail("ill", "do"),
                context -> { well[0] = true; return "healed"; });
            r.doctor("e-throws-late",
                context -> well[0]
                    ? DoctorCheck.Outcome.ok("well") : DoctorCheck.Outcome.fail("ill", "do"),
                context -> { throw new IllegalStateException("hm"); });
            """));

    List<CheckReport> reports = harness.start().doctorChecks(Optional.of(Duration.ofMillis(300)));

    assertThat(report(reports, "a-throws").summary())
        .startsWith("ill; not mended: ")
        .contains("hm");
    assertThat(report(reports, "b-hangs").summary())
        .startsWith("ill; not mended: ")
        .contains("did not finish fix-b-hangs");
    assertThat(report(reports, "c-null"))
        .isEqualTo(new CheckReport("c-null", "bad", "fail", "ill", "do", ""));
    assertThat(report(reports, "d-works"))
        .isEqualTo(new CheckReport("d-works", "bad", "ok", "well", "", "healed"));
    assertThat(report(reports, "e-throws-late").status()).isEqualTo("ok");
  }

  @Test
  void a_plugin_that_is_switched_off_meanwhile_mends_nothing_more() throws Exception {
    Path begun = temp.resolve("begun");
    Path go = temp.resolve("go");
    harness.with(
        "aa",
        registering(
            """
            r.doctor("slow", context -> DoctorCheck.Outcome.fail("ill", "do"), context -> {
              Files.createFile(Path.of("%s"));
              while (!Files.exists(Path.of("%s"))) { Thread.sleep(5); }
              return "waited";
            });
            """
                .formatted(begun, go)));
    harness.with(
        "bb",
        registering(
            """
            r.doctor("late", context -> DoctorCheck.Outcome.fail("ill", "do"), context -> {
              Files.createFile(Path.of("%s"));
              return "done all the same";
            });
            """
                .formatted(temp.resolve("late"))));
    harness.start();
    CompletableFuture<List<CheckReport>> answer = new CompletableFuture<>();
    Thread doctor =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    answer.complete(harness.runtime().doctorChecks(true));
                  } catch (Exception e) {
                    answer.completeExceptionally(e);
                  }
                });
    while (!Files.exists(begun)) {
      assertThat(doctor.isAlive()).isTrue();
      Thread.sleep(5);
    }

    harness.runtime().disable("bb");
    Files.createFile(go);

    List<CheckReport> reports = answer.get(60, TimeUnit.SECONDS);
    assertThat(report(reports, "slow").fixed()).isEqualTo("waited");
    assertThat(report(reports, "late").summary())
        .contains("bb")
        .endsWith("was replaced or switched off meanwhile");
    assertThat(temp.resolve("late")).doesNotExist();
  }
}
