package dev.banger.core.doctor;

import dev.banger.core.host.HostUser;
import java.util.Collection;

/** What to type. */
final class Remedies {
  private Remedies() {}

  static String install(HostUser user, Collection<String> packages) {
    return asRoot(user, "apt-get install " + String.join(" ", packages));
  }

  static String asRoot(HostUser user, String command) {
    return user.isRoot() ? command : "sudo " + command;
  }
}
