package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.ToolCall;
import dev.banger.core.host.Commands;
import dev.banger.core.host.Privileges;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostToolRunnerTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path temp;

  /** The host's tools, with this in place of its sudo. */
  private Commands withSudo(String body) throws Exception {
    Path sudo = Files.writeString(temp.resolve("sudo"), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwx------"));
    ProcessCommands real = new ProcessCommands();
    return new Commands() {
      @Override
      public Result run(Call call) throws InterruptedException {
        var argv = new java.util.ArrayList<>(call.argv());
        argv.replaceAll(word -> word.equals("sudo") ? sudo.toString() : word);
        return real.run(
            new Call(argv, call.deadline(), call.stdin(), call.stdout(), call.env(), call.cwd()));
      }

      @Override
      public Optional<Path> find(String tool) {
        return tool.equals("sudo") ? Optional.of(sudo) : real.find(tool);
      }
    };
  }

  @Test
  void aPrivilegedCallRunsAsItIsWhereTheDaemonIsRoot() throws Exception {
    Commands commands = withSudo("exit 7");
    assertThat(
            new HostToolRunner(commands, new Privileges(commands, true))
                .run(ToolCall.of(LIMIT, "ip", "-V").privileged(), LIMIT)
                .stdout())
        .startsWith("ip utility");
  }

  @Test
  void elsewhereItGoesThroughSudoAndAnOrdinaryCallDoesNot() throws Exception {
    Commands commands = withSudo("shift 2; echo \"root: ${1##*/} $2\"");
    HostToolRunner tools = new HostToolRunner(commands, new Privileges(commands, false));
    assertThat(tools.run(ToolCall.of(LIMIT, "ip", "link").privileged(), LIMIT).stdout())
        .isEqualTo("root: ip link\n");
    assertThat(tools.run(ToolCall.of(LIMIT, "ip", "-V"), LIMIT).stdout()).startsWith("ip utility");
  }

  @Test
  void otherToolsAndOtherUsersAreRefused() throws Exception {
    Commands commands = withSudo("exit 1");
    for (ToolCall call :
        new ToolCall[] {ToolCall.of(LIMIT, "sh", "-c", "id"), ToolCall.of(LIMIT, "ip", "link")}) {
      assertThatThrownBy(
              () ->
                  new HostToolRunner(commands, new Privileges(commands, false))
                      .run(call.privileged(), LIMIT))
          .isInstanceOfSatisfying(
              BangerException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
                assertThat(e.hint()).isNotEmpty();
              });
    }
  }
}
