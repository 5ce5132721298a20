package dev.banger.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.GuestResult;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.testkit.CommandCase;
import dev.banger.testkit.PluginContract;
import dev.banger.testkit.PluginUnderTest;
import dev.banger.testkit.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * With the real ssh-keygen. The VMs have their host keys already, as after a first start: these
 * stay until a VM is deleted, which SshAccessTest looks at.
 */
class SshContractTest extends PluginContract {
  @TempDir Path made;

  @BeforeEach
  void hostKey() {
    ToolCall make =
        ToolCall.of(
            Duration.ofSeconds(10),
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-f",
            made.resolve("ssh_host_ed25519_key").toString());
    assertThat(keygen(make).ok()).isTrue();
  }

  @Override
  protected PluginUnderTest plugin() {
    return PluginUnderTest.classes(Path.of("target/classes"));
  }

  @Override
  protected void world(World world) {
    world.tool("ssh-keygen", SshContractTest::keygen);
    world.answering(_ -> new GuestResult(0, PolicyStepTest.AS_TOLD, "", false));
  }

  @Override
  protected void vm(World world, VmView vm) {
    Path dir = world.dataDir().resolve("vms").resolve(vm.id());
    try {
      Files.createDirectories(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      for (String half : List.of("ssh_host_ed25519_key", "ssh_host_ed25519_key.pub")) {
        Files.copy(made.resolve(half), dir.resolve(half), StandardCopyOption.COPY_ATTRIBUTES);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ToolResult keygen(ToolCall call) {
    try {
      Process process = new ProcessBuilder(call.argv()).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new ToolResult(process.waitFor(), "", said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ToolResult(130, "", "interrupted");
    }
  }

  @Override
  protected List<CommandCase> commandCases() {
    return List.of(CommandCase.of("vm ssh-info", Map.of("vm", "web")));
  }
}
