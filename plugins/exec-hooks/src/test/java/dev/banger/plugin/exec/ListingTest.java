package dev.banger.plugin.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.DoctorCheck;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCommandCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest {
  private final Registration declared = Registration.of(new ExecHooksPlugin(Map.of()));
  @TempDir Path temp;
  private Bench bench;

  @BeforeEach
  void aBench() throws IOException {
    bench = new Bench(temp);
  }

  private List<?> list() throws Exception {
    return (List<?>)
        declared
            .commands()
            .get("hooks list")
            .handler()
            .run(FakeCommandCall.of(ExecHooksPlugin.LIST, Map.of(), temp, bench.context()))
            .value();
  }

  private DoctorCheck.Outcome check() throws Exception {
    return declared.checks().get("scripts").run(bench.context());
  }

  private void plain(String reference) throws IOException {
    Files.writeString(bench.hooks.resolve(reference), "");
  }

  @Test
  void scripts_are_listed_by_phase_with_what_is_wrong_with_them() throws Exception {
    bench.requiring("host/10-a", "host/20-b");
    Path a = bench.script("host/10-a", "");
    Bench.mode(bench.script("guest/10-a", ""), "rwxrwxrwx");

    assertThat(list())
        .extracting(row -> String.join(" ", words(row)))
        .containsExactly(
            "host 10-a required ready",
            "host 20-b required refused",
            "guest 10-a best-effort refused");
    assertThat(((Map<?, ?>) list().getFirst()).get("file")).isEqualTo(a.toString());
    assertThat(((Map<?, ?>) list().getLast()).get("problem").toString()).contains("chmod go-w");
  }

  private static List<String> words(Object row) {
    Map<?, ?> fields = (Map<?, ?>) row;
    return List.of("phase", "name", "policy", "state").stream()
        .map(name -> fields.get(name).toString())
        .toList();
  }

  @Test
  void leftovers_of_editors_are_neither_run_nor_talked_about() throws Exception {
    bench.script("guest/10-a", "");
    for (String name :
        List.of("10-a~", "10-a.bak", ".10-a.swp", "#10-a#", "10-a.dpkg-old", ".hidden")) {
      bench.script("guest/" + name, "");
    }

    assertThat(bench.started().runs()).hasSize(1);
    assertThat(check().status()).isEqualTo(DoctorCheck.Status.OK);
    assertThat(check().summary()).isEqualTo("guest/10-a in " + bench.hooks);
  }

  @Test
  void what_looks_like_a_script_and_is_none_is_told() throws Exception {
    bench.script("guest/10-a", "");
    plain("guest/README");
    bench.file("guest/a b", "");

    assertThat(bench.started().runs()).hasSize(1);
    assertThat(check().status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(check().summary())
        .contains("guest/README is ignored: it is not executable", "guest/a b is ignored");
  }

  @Test
  void scripts_where_no_phase_looks_are_told() throws Exception {
    bench.script("guest/10-a", "");
    bench.script("lib/shared", "");
    plain("README");
    plain("host");
    bench.script("guests/10-a", "");
    bench.script("10-b", "");

    assertThat(check().status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(check().summary())
        .contains(
            bench.hooks + "/10-b is ignored: scripts are in prepare, host, guest",
            "guests is ignored: scripts are in",
            "host is ignored: it is not a directory")
        .doesNotContain("lib", "README");
    assertThat(check().summary().split("; ")).hasSize(3);
  }

  @Test
  void a_name_that_steers_a_terminal_is_shown_without_that() throws Exception {
    bench.file("guest/\033[2Jx", "");

    assertThat(check().summary()).contains("guest/?[2Jx is ignored").doesNotContain("\033");
  }

  @Test
  void a_script_that_would_be_refused_fails_the_check() throws Exception {
    bench.requiring("prepare/10-gone");
    Bench.mode(bench.script("guest/10-a", ""), "rwxrwxr-x");

    assertThat(check().status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(check().summary())
        .contains("prepare/10-gone is not there", "guest/10-a can be written by others");
  }

  @Test
  void without_scripts_the_check_says_where_they_would_be() throws Exception {
    assertThat(check()).isEqualTo(DoctorCheck.Outcome.ok("no scripts in " + bench.hooks));
    assertThat(list()).isEmpty();
  }

  @Test
  void without_env_the_check_fails() throws Exception {
    bench.host.without("env");

    assertThat(check().status()).isEqualTo(DoctorCheck.Status.FAIL);
  }
}
