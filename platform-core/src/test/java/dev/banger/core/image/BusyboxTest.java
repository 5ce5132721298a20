package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BusyboxTest {
  @TempDir Path dir;
  private final FakeCommands commands = new FakeCommands(call -> FakeCommands.OK);

  @Test
  void oneThatNeedsLibrariesIsRefusedWithWhatToInstall() throws Exception {
    Path file = TinyElf.linkedDynamically(dir.resolve("busybox"));
    assertThatThrownBy(() -> Busybox.at(commands, file))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.hint()).contains("busybox-static");
            })
        .hasMessageContaining("linked dynamically");
  }

  @Test
  void oneThatNeedsNoneIsTaken() throws Exception {
    Path file = TinyElf.linkedStatically(dir.resolve("busybox"));
    assertThat(Busybox.at(commands, file).binary()).isEqualTo(file);
  }

  @Test
  void damagedFilesAreRefusedNotBelieved() throws Exception {
    byte[] good = TinyElf.elf(1, 1);
    byte[] manySegments = good.clone();
    manySegments[56] = (byte) 0xff;
    manySegments[57] = (byte) 0xff;
    byte[] farAway = good.clone();
    farAway[39] = (byte) 0x80;
    for (byte[] bytes :
        new byte[][] {
          {},
          "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8),
          Arrays.copyOf(good, 80),
          manySegments,
          farAway
        }) {
      Path file = Files.write(dir.resolve("busybox"), bytes);
      assertThatThrownBy(() -> Busybox.at(commands, file))
          .isInstanceOfSatisfying(
              BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
    }
  }

  @Test
  void noneAtAllSaysWhatToInstall() {
    commands.without("busybox");
    assertThatThrownBy(() -> Busybox.find(commands))
        .hasMessageContaining("busybox is not installed");
  }

  @Test
  void appletNamesThatAreNoPathsBelowBinAreLeftOut() throws Exception {
    var lister =
        new FakeCommands(
            call ->
                new Commands.Result(
                    0, "bin/sh\nsbin/init\nusr/bin/[[\n../etc/x\n/bin/x\nbin/a/b\nbin/a b\n", ""));
    Path file = TinyElf.linkedStatically(dir.resolve("busybox"));
    assertThat(Busybox.at(lister, file).applets())
        .containsExactly("bin/sh", "sbin/init", "usr/bin/[[");
  }
}
