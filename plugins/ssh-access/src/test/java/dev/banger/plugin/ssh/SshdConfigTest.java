package dev.banger.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshdConfigTest {
  private static final List<String> POLICY =
      List.of(
          "PermitRootLogin prohibit-password",
          "PubkeyAuthentication yes",
          "PasswordAuthentication no",
          "KbdInteractiveAuthentication no",
          "AuthenticationMethods publickey");

  private static List<String> lines() {
    return SshdConfig.TEXT.lines().map(String::strip).toList();
  }

  @Test
  void says_the_policy_first_and_in_a_block_that_goes_before_those_of_the_image() {
    int block = lines().indexOf("Match all");

    assertThat(lines().subList(0, block))
        .startsWith(POLICY.toArray(String[]::new))
        .contains(
            "StrictModes yes",
            "AuthorizedKeysFile /root/.ssh/authorized_keys .ssh/authorized_keys",
            "HostKey /etc/ssh/ssh_host_ed25519_key");
    assertThat(lines().subList(block + 1, lines().size()))
        .startsWith(POLICY.toArray(String[]::new))
        .contains("AuthorizedKeysFile /root/.ssh/authorized_keys .ssh/authorized_keys");
    assertThat(SshdConfig.TEXT).endsWith("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "loglevel",
        "debug",
        "strictmodes no",
        "permitrootlogin yes",
        "permitrootlogin without-password",
        "permitrootlogin forced-commands-only",
        "passwordauthentication yes",
        "kbdinteractiveauthentication yes",
        "challengeresponseauthentication",
        "keyboard-interactive",
        "permitemptypasswords",
        "hostbasedauthentication",
        "gssapiauthentication",
        "usepam",
        "authorizedkeyscommand",
        "trustedusercakeys",
        "permituserenvironment",
        "acceptenv",
        "include"
      })
  void never_says(String what) {
    assertThat(SshdConfig.TEXT.toLowerCase(Locale.ROOT)).doesNotContain(what);
  }

  @Test
  void is_read_before_the_drop_ins_of_images() {
    List<String> others =
        List.of("01-early.conf", "10-image.conf", "50-cloud-init.conf", "99-local.conf");

    assertThat(others)
        .allMatch(other -> SshdConfig.PATH.compareTo("/etc/ssh/sshd_config.d/" + other) < 0);
  }
}
