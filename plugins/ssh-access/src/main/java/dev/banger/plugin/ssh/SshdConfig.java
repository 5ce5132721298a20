package dev.banger.plugin.ssh;

/** What a guest's sshd is told. Everything not said here stays at sshd's default. */
final class SshdConfig {
  /** Among drop-ins sshd believes the first that speaks of a matter; images bring theirs as 50. */
  static final String PATH = "/etc/ssh/sshd_config.d/00-banger.conf";

  /**
   * Keys only. {@code prohibit-password} keeps root's password out even where password logins are
   * turned on elsewhere. The second key file lets other users of the guest have keys of their own;
   * root's is named first and by its full path. What an image says in a {@code Match} block would
   * go before what is said outside of one, but not before an earlier {@code Match}.
   */
  static final String TEXT =
      """
      PermitRootLogin prohibit-password
      PubkeyAuthentication yes
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      AuthenticationMethods publickey
      StrictModes yes
      AuthorizedKeysFile /root/.ssh/authorized_keys .ssh/authorized_keys
      HostKey /etc/ssh/ssh_host_ed25519_key
      Match all
          PermitRootLogin prohibit-password
          PubkeyAuthentication yes
          PasswordAuthentication no
          KbdInteractiveAuthentication no
          AuthenticationMethods publickey
          AuthorizedKeysFile /root/.ssh/authorized_keys .ssh/authorized_keys
      """;

  private SshdConfig() {}
}
