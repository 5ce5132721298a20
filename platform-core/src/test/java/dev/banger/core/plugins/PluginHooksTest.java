package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginHooksTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

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

  private static String giving(String files) {
    return registering("r.earlyFiles((vm, context) -> List.of(%s));".formatted(files));
  }

  private void earlyFilesFail(ErrorKind kind, String... words) {
    PluginRuntime runtime = harness.start();
    assertThatThrownBy(() -> runtime.earlyFiles(RuntimeHarness.WEB, LIMIT))
        .isInstanceOfSatisfying(BangerException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }

  @Test
  void early_files_of_all_plugins_come_together_parents_first() throws Exception {
    harness.with(
        "motd",
        giving(
            """
            GuestFile.file("/etc/motd", 0644, (vm.name() + vm.labels().get("team")).getBytes()),
            GuestFile.directory("/root/.cfg", 0700)
            """));
    harness.with(
        "keys",
        giving(
            """
            GuestFile.file("/root/.cfg/key", 0600, new byte[0]),
            GuestFile.directory("/root/.cfg", 0700)
            """));
    List<EarlyFile> files = harness.start().earlyFiles(RuntimeHarness.WEB, LIMIT);

    assertThat(files)
        .extracting(file -> "%o %s".formatted(file.mode(), file.path()))
        .containsExactly("644 /etc/motd", "700 /root/.cfg", "600 /root/.cfg/key");
    assertThat(files.getFirst().content()).asString().isEqualTo("webshop");
    assertThat(files.get(1).isDirectory()).isTrue();
  }

  @Test
  void a_plugin_gets_its_own_configuration_and_nobody_elses() throws Exception {
    String source = giving("GuestFile.file(\"/%s\", 0644, context.config().toString().getBytes())");
    harness.with("one", source.formatted("one")).with("two", source.formatted("two"));
    harness.configuring("one", Map.of("key", "/home/ada/key"));

    assertThat(harness.start().earlyFiles(RuntimeHarness.WEB, LIMIT))
        .extracting(file -> file.path() + " " + new String(file.content(), UTF_8))
        .containsExactlyInAnyOrder("/one {key=/home/ada/key}", "/two {}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "GuestFile.file(\"etc/motd\", 0644, new byte[0]); bad path",
        "GuestFile.file(\"/\", 0644, new byte[0]); bad path",
        "GuestFile.file(\"/etc/../root/x\", 0644, new byte[0]); bad path",
        "GuestFile.file(\"/etc//x\", 0644, new byte[0]); bad path",
        "GuestFile.file(\"/etc/x/\", 0644, new byte[0]); bad path",
        "GuestFile.file(\"/etc/a\\nb\", 0644, new byte[0]); bad path",
        "GuestFile.file(\"/etc/x\", 04755, new byte[0]); mode 4755",
        "GuestFile.file(\"/etc/x\", -1, new byte[0]); mode",
        "GuestFile.file(\"/etc/x\", 0644, new byte[1048577]); 1 MiB is allowed",
      })
  void an_unfit_early_file_fails_the_start_and_names_the_plugin(String file, String problem)
      throws Exception {
    harness.with("odd", giving(file));
    earlyFilesFail(ErrorKind.INTERNAL, "plugin odd", problem);
  }

  @Test
  void two_plugins_cannot_give_the_same_file() throws Exception {
    harness.with("one", giving("GuestFile.file(\"/etc/motd\", 0644, new byte[0])"));
    harness.with("two", giving("GuestFile.file(\"/etc/motd\", 0644, new byte[0])"));
    earlyFilesFail(ErrorKind.CONFLICT, "plugins one and two both give a guest /etc/motd");
  }

  @Test
  void a_file_cannot_be_another_plugins_directory() throws Exception {
    harness.with("one", giving("GuestFile.file(\"/etc/app\", 0644, new byte[0])"));
    harness.with("two", giving("GuestFile.file(\"/etc/app/conf/x\", 0644, new byte[0])"));
    earlyFilesFail(ErrorKind.CONFLICT, "plugins one and two both give a guest /etc/app");
  }

  @Test
  void a_plugin_cannot_flood_a_guest_with_files() throws Exception {
    harness.with(
        "flood",
        registering(
            """
            r.earlyFiles((vm, context) -> java.util.stream.IntStream.range(0, 65)
                .mapToObj(i -> GuestFile.file("/etc/f" + i, 0644, new byte[0])).toList());
            """));
    earlyFilesFail(ErrorKind.INTERNAL, "plugin flood", "65 files, 64 are allowed");
  }

  @Test
  void a_contributor_that_hangs_costs_its_deadline_and_is_named() throws Exception {
    harness.with(
        "slow",
        registering("r.earlyFiles((vm, context) -> { Thread.sleep(60_000); return null; });"));
    PluginRuntime runtime = harness.start();

    assertThatThrownBy(() -> runtime.earlyFiles(RuntimeHarness.WEB, Duration.ofMillis(100)))
        .isInstanceOf(BangerException.class)
        .hasMessage("plugin slow did not finish early-files within 100 ms");
  }

  @Test
  void all_plugins_hear_of_a_removed_vm_and_failures_are_collected() throws Exception {
    Path heard = temp.resolve("heard");
    harness.with(
        "a-bad", registering("r.vmRemoved((vm, context) -> { throw new Error(vm.id()); });"));
    harness.with(
        "good",
        registering(
            "r.vmRemoved((vm, context) -> Files.writeString(Path.of(\"%s\"), vm.id()));"
                .formatted(heard)));

    assertThat(harness.start().vmRemoved(RuntimeHarness.WEB))
        .containsExactly("plugin a-bad failed in vm-removed: Error: 0123456789ab");
    assertThat(heard).hasContent("0123456789ab");
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
