package dev.banger.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SshdConfigTest {
  @Test
  void says_exactly_this_and_nothing_more() {
    assertThat(SshdConfig.TEXT.lines())
        .containsExactly(
            "PermitRootLogin prohibit-password",
            "PubkeyAuthentication yes",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "AuthorizedKeysFile /root/.ssh/authorized_keys .ssh/authorized_keys",
            "HostKey /etc/ssh/ssh_host_ed25519_key");
  }

  @Test
  void never_weakens_sshd_nor_floods_the_log() {
    assertThat(SshdConfig.TEXT)
        .doesNotContainIgnoringCase("LogLevel")
        .doesNotContainIgnoringCase("DEBUG")
        .doesNotContainIgnoringCase("StrictModes")
        .doesNotContain("PermitRootLogin yes")
        .doesNotContain("PasswordAuthentication yes")
        .doesNotContain("PermitEmptyPasswords")
        .endsWith("\n");
  }
}
