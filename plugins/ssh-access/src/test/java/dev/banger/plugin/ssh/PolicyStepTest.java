package dev.banger.plugin.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.GuestResult;
import dev.banger.api.Permission;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import dev.banger.testkit.FakeVm;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyStepTest {
  /** What an sshd that keeps to it prints, in part. */
  static final String AS_TOLD =
      """
      port 22
      permitrootlogin without-password
      pubkeyauthentication yes
      passwordauthentication no
      kbdinteractiveauthentication no
      authenticationmethods publickey
      strictmodes yes
      loglevel INFO
      authorizedkeysfile /root/.ssh/authorized_keys .ssh/authorized_keys
      hostkey /etc/ssh/ssh_host_ed25519_key
      """;

  @TempDir Path temp;

  private Started<PolicyReceipt> start(int exitCode, String stdout, String stderr)
      throws Exception {
    FakeCapabilityHost host =
        new FakeCapabilityHost(Set.of(Permission.GUEST_EXEC), temp)
            .with(FakeVm.running("web"))
            .answering(_ -> new GuestResult(exitCode, stdout, stderr, false));
    return new PolicyStep().start(context(host));
  }

  private FakeStepContext<PolicyReceipt> context(FakeCapabilityHost host) {
    return FakeStepContext.starting(
        new FakeContext("ssh-access", temp, host), FakeVm.running("web"));
  }

  private static String why(Started<PolicyReceipt> started) {
    assertThat(started).isInstanceOf(Started.Degraded.class);
    return ((Started.Degraded<PolicyReceipt>) started).why();
  }

  @Test
  void a_guest_whose_sshd_says_the_policy_keeps_to_it() throws Exception {
    assertThat(start(0, AS_TOLD, "")).isInstanceOf(Started.Ok.class);
    assertThat(start(0, AS_TOLD.replace("without-password", "prohibit-password"), ""))
        .isInstanceOf(Started.Ok.class);
  }

  @ParameterizedTest
  @CsvSource({
    "permitrootlogin without-password, permitrootlogin yes",
    "passwordauthentication no, passwordauthentication yes",
    "kbdinteractiveauthentication no, kbdinteractiveauthentication yes",
    "authenticationmethods publickey, authenticationmethods any",
    "strictmodes yes, strictmodes no",
    "loglevel INFO, loglevel DEBUG3",
    "hostkey /etc/ssh/ssh_host_ed25519_key, hostkey /etc/ssh/ssh_host_rsa_key"
  })
  void an_image_that_goes_before_it_is_told_with_what_it_does(String told, String done)
      throws Exception {
    assertThat(why(start(0, AS_TOLD.replace(told, done), "")))
        .contains("sshd has " + done)
        .contains("Include /etc/ssh/sshd_config.d/*.conf");
  }

  @Test
  void a_second_host_key_is_one_that_is_not_pinned() throws Exception {
    assertThat(why(start(0, AS_TOLD + "hostkey /etc/ssh/ssh_host_rsa_key\n", "")))
        .contains("hostkey /etc/ssh/ssh_host_ed25519_key, /etc/ssh/ssh_host_rsa_key");
  }

  @Test
  void an_sshd_that_does_not_start_is_told_in_its_words_made_short_and_plain() throws Exception {
    assertThat(why(start(255, "", "bad option\u001b[2J " + "x".repeat(5000) + "\nmore")))
        .startsWith("the guest's sshd refuses its configuration: bad option?[2J xxx")
        .hasSizeLessThan(200);
  }

  @Test
  void a_guest_without_sshd_or_without_a_shell_is_none_of_its_business() throws Exception {
    assertThat(start(43, "", "")).isInstanceOf(Started.Skipped.class);
    assertThat(start(126, "", "")).isInstanceOf(Started.Skipped.class);
    assertThat(start(127, "", "")).isInstanceOf(Started.Skipped.class);
  }

  @Test
  void there_is_nothing_to_take_back() throws Exception {
    assertThat(new PolicyStep().stop(context(null), Optional.empty()))
        .isEqualTo(Stopped.nothingToDo());
  }
}
