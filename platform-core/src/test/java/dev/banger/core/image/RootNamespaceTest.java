package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class RootNamespaceTest {
  @Test
  void anOrdinaryUserGetsAUserNamespaceAndRootDoesNot() {
    var commands = new FakeCommands(call -> FakeCommands.OK);
    assertThat(new RootNamespace(commands, false).wrap(List.of("true")))
        .contains("--map-root-user", "--map-auto", "--kill-child")
        .endsWith("true");
    assertThat(new RootNamespace(commands, true).wrap(List.of("true")))
        .contains("--mount", "--kill-child")
        .doesNotContain("--map-root-user");
  }

  @Test
  void withoutNewuidmapTheUserIsToldWhatToInstall() {
    var commands = new FakeCommands(call -> FakeCommands.OK).without("newuidmap");
    assertUnavailable(commands, false, "apt-get install uidmap");
    assertThat(commands.calls()).isEmpty();
    assertThatCode(() -> new RootNamespace(commands, true).probe()).doesNotThrowAnyException();
  }

  @Test
  void withoutSubordinateIdsTheUserIsToldHowToGetThem() {
    var commands = failing("unshare: no line matching user \"1001\" in /etc/subuid");
    assertUnavailable(commands, false, "usermod --add-subuids");
  }

  @Test
  void whereNamespacesAreForbiddenTheHintNamesTheSwitches() {
    var commands = failing("unshare: write failed /proc/self/uid_map: Operation not permitted");
    assertUnavailable(commands, false, "apparmor_restrict_unprivileged_userns");
    assertUnavailable(commands, true, "CAP_SYS_ADMIN");
  }

  private static FakeCommands failing(String stderr) {
    return new FakeCommands(call -> new Commands.Result(1, "", stderr));
  }

  private static void assertUnavailable(FakeCommands commands, boolean root, String hint) {
    assertThatThrownBy(() -> new RootNamespace(commands, root).probe())
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.hint()).contains(hint);
            });
  }
}
