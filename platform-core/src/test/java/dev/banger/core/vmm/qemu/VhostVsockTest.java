package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VhostVsockTest {
  private static final String DEVICE = "-device vhost-vsock-device,guest-cid=7: ";

  @TempDir Path dir;

  @Test
  void it_takes_a_device_that_opens_and_a_port_that_only_root_has() throws Exception {
    Path device = Files.createFile(dir.resolve("vhost-vsock"));
    assertThat(new VhostVsock(device, () -> true).usable()).isTrue();
    assertThat(new VhostVsock(device, () -> false).usable()).isFalse();
    assertThat(new VhostVsock(dir.resolve("none"), () -> true).usable()).isFalse();
    assertThat(new VhostVsock(dir, () -> true).usable()).isFalse();
  }

  @Test
  void what_qemu_says_tells_whether_another_address_helps() {
    assertThat(outcome(DEVICE + "vhost-vsock: unable to set guest cid: Address already in use"))
        .isEqualTo(VhostVsock.Outcome.ADDRESS_TAKEN);
    assertThat(outcome(DEVICE + "vhost-vsock: unable to set guest cid: Invalid argument"))
        .isEqualTo(VhostVsock.Outcome.UNUSABLE);
    assertThat(outcome(DEVICE + "vhost-vsock: failed to open vhost device: Permission denied"))
        .isEqualTo(VhostVsock.Outcome.UNUSABLE);
    assertThat(outcome("Could not set up host forwarding rule: Address already in use"))
        .isEqualTo(VhostVsock.Outcome.OTHER);
  }

  private static VhostVsock.Outcome outcome(String said) {
    return VhostVsock.outcome(
        new BangerException(
            ErrorKind.HOST,
            "QEMU exited with code 1",
            "",
            List.of("qemu-system-x86_64: warning: something else", "qemu-system-x86_64: " + said),
            null));
  }
}
