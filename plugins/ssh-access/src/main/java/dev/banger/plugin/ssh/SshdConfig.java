package dev.banger.plugin.ssh;

/** What a guest's sshd is told. Everything not said here stays at sshd's default. */
final class SshdConfig {
  static final String PATH = "/etc/ssh/sshd_config.d/99-banger.conf";

  /**
   * Keys only. {@code prohibit-password} keeps root's password out even where password logins are
   * turned on elsewhere. The second key file lets other users of the guest have keys of their own;
   * root's is named first and by its full path.
   */
  static final String TEXT =
      """
      PermitRootLogin prohibit-password
      PubkeyAuthentication yes
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      AuthorizedKeysFile /root/.ssh/authorized_keys .ssh/authorized_keys
      HostKey /etc/ssh/ssh_host_ed25519_key
      """;

  private SshdConfig() {}
}
