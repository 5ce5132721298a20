package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.model.BangerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptTest {
  @TempDir Path dir;

  @Test
  void theHostsCachesListsAndHooksAreLeftAlone() throws Exception {
    Apt.ofSources(
        new FakeCommands(call -> FakeCommands.OK),
        dir,
        List.of("deb http://mirror.example/ x main"));

    String dump =
        new ProcessCommands()
            .check(
                Commands.Call.of(
                    Duration.ofSeconds(20),
                    "apt-config",
                    "-c",
                    dir.resolve("apt.conf").toString(),
                    "dump"))
            .stdout();
    assertThat(dump)
        .contains("Dir::Cache \"" + dir.resolve("cache") + "\";")
        .contains("Dir::State::lists \"" + dir.resolve("lists") + "\";")
        .contains("Dir::Etc::sourcelist \"" + dir.resolve("sources.list") + "\";")
        .contains("Dir::Etc::sourceparts \"/dev/null\";")
        .doesNotContain("APT::Update::Post-Invoke::")
        .doesNotContain("APT::Update::Post-Invoke-Success::");
    assertThat(dir.resolve("apt.conf"))
        .as("signatures stay as strict as the host has them")
        .content()
        .doesNotContainPattern("Insecure|Unauthenticated|Weak|Downgrade");
    assertThat(dir.resolve("sources.list")).hasContent("deb http://mirror.example/ x main");
  }

  @Test
  void aDirectoryThatWouldBreakItsConfigurationIsRefused() throws Exception {
    Path odd = Files.createDirectory(dir.resolve("a\"; APT::Get::AllowUnauthenticated \"1"));
    assertThatThrownBy(() -> Apt.ofSystem(new FakeCommands(call -> FakeCommands.OK), odd))
        .isInstanceOf(BangerException.class);
  }

  @Test
  void onlyHowToFetchIsTakenFromTheHostsConfiguration() throws Exception {
    String dump =
        """
        APT::Sandbox::User "root";
        Acquire::http::Proxy "http://proxy.example:3128";
        Acquire::https::Proxy "";
        Acquire::Check-Valid-Until "false";
        Acquire::AllowInsecureRepositories "1";
        DPkg::Post-Invoke:: "rm -rf /";
        Acquire::http::Evil "a" b";
        """;
    Apt apt = Apt.ofSystem(new FakeCommands(call -> new Commands.Result(0, dump, "")), dir);
    assertThat(apt.fetchOptions())
        .containsExactly(
            "Acquire::http::Proxy \"http://proxy.example:3128\"",
            "Acquire::Check-Valid-Until \"false\"");
  }

  @Test
  void filesWithOddNamesAreNotBelieved() throws Exception {
    String said = "'http://x/y' ../../etc/x.deb 1 SHA256:0\n";
    Apt apt = Apt.ofSystem(new FakeCommands(call -> new Commands.Result(0, said, "")), dir);
    assertThatThrownBy(() -> apt.fileNames(List.of("linux-image-x")))
        .hasMessageContaining("0 files for 1 packages");
  }

  @Test
  void namesThatAptWouldTakeForOptionsAreNoPackages() {
    assertThat(Apt.isPackageName("linux-image-6.1.0-9-cloud-amd64")).isTrue();
    assertThat(Apt.isPackageName("g++-12")).isTrue();
    for (String odd : List.of("", "-o", "a b", "A", "a,b", "a/sid", "a\nb")) {
      assertThat(Apt.isPackageName(odd)).as(odd).isFalse();
    }
  }
}
