package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs commands that must be root over a tree of files, as whoever the daemon is.
 *
 * <p>They get mount and process namespaces of their own: when they end or are killed, nothing
 * mounted and nothing running is left on the host. For an ordinary user a user namespace is added
 * in which this user is root and the subordinate ids of {@code /etc/subuid} are the other users.
 */
final class RootNamespace {
  private static final List<String> UNSHARE =
      List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

  static final List<String> UNSHARE_AS_USER =
      List.of(
          "unshare",
          "--map-root-user",
          "--map-auto",
          "--mount",
          "--pid",
          "--fork",
          "--kill-child",
          "--mount-proc");

  private static final Duration PROBE_LIMIT = Duration.ofSeconds(20);

  private final Commands commands;
  private final boolean root;

  RootNamespace(Commands commands, boolean root) {
    this.commands = commands;
    this.root = root;
  }

  boolean isRoot() {
    return root;
  }

  /**
   * Finds out early whether it can work.
   *
   * @throws BangerException of kind UNAVAILABLE, saying what to install or allow
   */
  void probe() throws InterruptedException {
    if (!root && commands.find("newuidmap").isEmpty()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "newuidmap is not installed; making a Debian image without root needs it",
          "sudo apt-get install uidmap");
    }
    Commands.Result result = commands.run(Commands.Call.of(PROBE_LIMIT, wrap(List.of("true"))));
    if (result.exitCode() == 0) {
      return;
    }
    List<String> said = result.stderr().lines().toList();
    if (root) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "this host does not let root make a mount namespace",
          "in a container, give it CAP_SYS_ADMIN, or run banger on the host itself",
          said,
          null);
    }
    String user = System.getProperty("user.name");
    String hint =
        result.stderr().contains("subuid") || result.stderr().contains("subgid")
            ? "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + user
            : "the user needs a range in /etc/subuid and /etc/subgid, and the host must allow user"
                + " namespaces (sysctl user.max_user_namespaces,"
                + " kernel.apparmor_restrict_unprivileged_userns=0)";
    throw new BangerException(
        ErrorKind.UNAVAILABLE,
        "user %s cannot make a user namespace with subordinate ids".formatted(user),
        hint,
        said,
        null);
  }

  List<String> wrap(List<String> command) {
    List<String> argv = new ArrayList<>(root ? UNSHARE : UNSHARE_AS_USER);
    argv.addAll(command);
    return argv;
  }
}
