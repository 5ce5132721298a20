package dev.banger.hooks;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An argument of the guest's kernel.
 *
 * @param name as the kernel compares it: to it, {@code -} is the same as {@code _}
 */
record KernelArgument(String name, String text) {
  private static final int LONGEST = 200;

  /** A name that began with a hyphen could be {@code --}, which gives the rest to init. */
  private static final Pattern GRAMMAR =
      Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]*)(=[!-~&&[^\"']]*)?");

  private static final Set<String> RESERVED =
      Set.of("console", "root", "init", "rdinit", "tsc_early_khz", "panic", "reboot");

  /** Empty when it is malformed. */
  static Optional<KernelArgument> of(String text) {
    if (text == null || text.length() > LONGEST) {
      return Optional.empty();
    }
    var matcher = GRAMMAR.matcher(text);
    return matcher.matches()
        ? Optional.of(new KernelArgument(matcher.group(1).replace('-', '_'), text))
        : Optional.empty();
  }

  boolean isReserved() {
    return RESERVED.contains(name) || name.equals("banger") || name.startsWith("banger.");
  }
}
