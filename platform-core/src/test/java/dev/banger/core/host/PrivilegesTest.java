package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivilegesTest {
  @TempDir Path temp;
  private Path log;

  @BeforeEach
  void tools() throws IOException {
    log = temp.resolve("log");
    script("ip", "echo ip \"$@\"");
    script("nft", "echo nft \"$@\"");
  }

  private void script(String name, String body) throws IOException {
    Path file = Files.writeString(temp.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** A sudo that lets these tools through, writing down what it was asked. */
  private void sudo(String allowed) throws IOException {
    script(
        "sudo",
        """
        echo "$*" >>%s
        [ "$1 $2" = "-n --" ] || exit 64
        shift 2
        case "${1##*/}" in %s) exec "$@" ;; esac
        echo "sudo: a password is required" >&2
        exit 1"""
            .formatted(log, allowed));
  }

  /** Those of the test come first, and are all there are. */
  private Commands commands() {
    ProcessCommands real = new ProcessCommands();
    return new Commands() {
      @Override
      public Optional<Path> find(String tool) {
        return real.find(tool.contains("/") ? tool : temp.resolve(tool).toString());
      }

      @Override
      public Result run(Call call) throws InterruptedException {
        List<String> argv = new java.util.ArrayList<>(call.argv());
        argv.set(0, find(argv.getFirst()).orElseThrow().toString());
        return real.run(
            new Call(argv, call.deadline(), call.stdin(), call.stdout(), call.env(), call.cwd()));
      }
    };
  }

  private static Commands.Call call(String... argv) {
    return Commands.Call.of(Duration.ofSeconds(20), argv);
  }

  @Test
  void rootNeedsNobodysLeave() throws Exception {
    sudo("nothing");
    Privileges privileges = new Privileges(commands(), true);
    assertThat(privileges.run(call("ip", "link")).stdout()).isEqualTo("ip link\n");
    assertThat(log).doesNotExist();
  }

  @Test
  void othersGoThroughSudoWhichIsAskedOnceWhetherItMay() throws Exception {
    sudo("ip");
    Privileges privileges = new Privileges(commands(), false);
    assertThat(privileges.run(call("ip", "link")).stdout()).isEqualTo("ip link\n");
    assertThat(privileges.run(call("ip", "-batch", "-")).stdout()).isEqualTo("ip -batch -\n");
    Path ip = temp.resolve("ip");
    assertThat(log)
        .hasContent("-n -- %s -V\n-n -- %s link\n-n -- %s -batch -\n".formatted(ip, ip, ip));
  }

  @Test
  void whatSudoDoesNotAllowIsRefusedWithWhatToDoAboutIt() throws Exception {
    sudo("ip");
    Privileges privileges = new Privileges(commands(), false);
    assertThat(privileges.allows("nft")).isFalse();
    assertThatThrownBy(() -> privileges.run(call("nft", "-f", "-")))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.hint()).contains("NOPASSWD: " + temp.resolve("nft"));
            });
    assertThat(log).content().doesNotContain("-f");
  }

  @Test
  void withoutSudoNothingIsAllowed() throws Exception {
    assertThat(new Privileges(commands(), false).allows("ip")).isFalse();
  }

  @Test
  void theListIsClosedForRootToo() {
    for (boolean direct : new boolean[] {true, false}) {
      assertThatThrownBy(() -> new Privileges(commands(), direct).run(call("sh", "-c", "id")))
          .isInstanceOfSatisfying(
              BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
          .hasMessageContaining("sh is not run");
    }
    assertThat(Privileges.tools())
        .containsExactlyInAnyOrder(
            "ip",
            "bridge",
            "nft",
            "iptables",
            "iptables-save",
            "sysctl",
            "conntrack",
            "resolvectl");
  }

  @Test
  void aToolThatIsNotThereIsSaidToBeMissing() {
    assertThatThrownBy(() -> new Privileges(commands(), true).run(call("iptables", "-S")))
        .hasMessage("iptables is not installed");
  }

  @Test
  void rootInNameOnlyIsNoRoot() throws Exception {
    Files.writeString(temp.resolve("status"), "Name:\tx\nCapEff:\t00000000a80425fb\n");
    assertThat(Privileges.mayAdministerNetworks(temp)).isFalse();
    Files.writeString(temp.resolve("status"), "CapEff:\t000001ffffffffff\n");
    assertThat(Privileges.mayAdministerNetworks(temp)).isTrue();
    assertThat(Privileges.mayAdministerNetworks(temp.resolve("none"))).isFalse();
  }
}
