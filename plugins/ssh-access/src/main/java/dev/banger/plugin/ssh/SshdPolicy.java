package dev.banger.plugin.ssh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@code sshd -T} is to say in a guest, whoever made its image. */
final class SshdPolicy {
  private static final int MOST_SHOWN = 60;

  private static final Map<String, Set<String>> WANTED = new LinkedHashMap<>();

  static {
    // The second word is what older versions print for the first.
    WANTED.put("permitrootlogin", Set.of("prohibit-password", "without-password"));
    WANTED.put("pubkeyauthentication", Set.of("yes"));
    WANTED.put("passwordauthentication", Set.of("no"));
    WANTED.put("kbdinteractiveauthentication", Set.of("no"));
    WANTED.put("authenticationmethods", Set.of("publickey"));
    WANTED.put("strictmodes", Set.of("yes"));
    WANTED.put("authorizedkeysfile", Set.of("/root/.ssh/authorized_keys .ssh/authorized_keys"));
    WANTED.put("hostkey", Set.of("/etc/ssh/ssh_host_ed25519_key"));
  }

  private SshdPolicy() {}

  /**
   * Where a guest's sshd does otherwise, as {@code keyword value}; empty when it keeps to it.
   *
   * @param effective what {@code sshd -T} printed. Not trusted: what is taken from it is short
   */
  static List<String> breaches(String effective) {
    Map<String, String> said = new HashMap<>();
    for (String line : effective.lines().toList()) {
      String[] words = line.strip().split("\\s+", 2);
      said.merge(
          words[0].toLowerCase(Locale.ROOT),
          words.length > 1 ? words[1] : "",
          (first, next) -> first + ", " + next);
    }
    List<String> breaches = new ArrayList<>();
    WANTED.forEach(
        (keyword, values) -> {
          String value = said.getOrDefault(keyword, "(not said)");
          if (!values.contains(value)) {
            breaches.add(keyword + " " + shortened(value));
          }
        });
    // At that level the guest's log tells who logs in with what.
    String level = said.getOrDefault("loglevel", "");
    if (level.toUpperCase(Locale.ROOT).startsWith("DEBUG")) {
      breaches.add("loglevel " + shortened(level));
    }
    return breaches;
  }

  static String shortened(String text) {
    String plain = text.strip().replaceAll("[^ -~]+", "?");
    return plain.length() > MOST_SHOWN ? plain.substring(0, MOST_SHOWN) + "..." : plain;
  }
}
