package dev.banger.plugin.workspace;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A remote's address as a guest may know it. */
final class RemoteUrl {
  private static final String HOST = "((?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(?::[0-9]+)?)";

  // No @ after the host: a password with a slash in it would look like a path.
  private static final Pattern WEB =
      Pattern.compile("(?i)(https?|ftps?)://(?:[^/]*@)?" + HOST + "(/[^?#@]*)?(?:[?#].*)?");
  private static final Pattern SSH =
      Pattern.compile(
          "(?i)((?:git\\+)?ssh|git)://(?:([^/@:]+)(?::[^/@]*)?@)?" + HOST + "(/[^@]*)?");
  private static final Pattern SCP =
      Pattern.compile("(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9.-]+):(?!/{2}|:)(.+)");

  private RemoteUrl() {}

  /**
   * Without passwords, and for the web without the user too, who is often a token. Empty for a path
   * on the host and for anything unusual.
   */
  static Optional<String> withoutCredentials(String url) {
    if (url.chars().anyMatch(Character::isISOControl)) {
      return Optional.empty();
    }
    Matcher web = WEB.matcher(url);
    if (web.matches()) {
      return Optional.of(web.group(1) + "://" + web.group(2) + orEmpty(web.group(3)));
    }
    Matcher ssh = SSH.matcher(url);
    if (ssh.matches()) {
      String user = ssh.group(2) == null ? "" : ssh.group(2) + "@";
      return Optional.of(ssh.group(1) + "://" + user + ssh.group(3) + orEmpty(ssh.group(4)));
    }
    Matcher scp = SCP.matcher(url);
    return scp.matches() && !url.contains("://") ? Optional.of(url) : Optional.empty();
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
