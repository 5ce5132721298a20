package dev.banger.plugin.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.Summary;

/** Table {@code [plugins.git-identity]}. */
record IdentitySettings(
    @Summary("user.name in guests; empty for that of the host's git") String name,
    @Summary("user.email in guests; empty for that of the host's git") String email) {
  static final IdentitySettings DEFAULTS = new IdentitySettings("", "");

  IdentitySettings {
    check("name", name);
    check("email", email);
  }

  private static void check(String key, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(key + " is one line without control characters");
    }
    int length = value.getBytes(UTF_8).length;
    if (length > Identity.LONGEST) {
      throw new IllegalArgumentException(
          "%s has %d bytes, more than %d".formatted(key, length, Identity.LONGEST));
    }
  }

  /** Part by part, this where it says something, else the other. */
  Identity over(Identity other) {
    return Identity.ofText(name, email).orElse(other);
  }

  /** Whether it leaves nothing to ask git for. */
  boolean isComplete() {
    return !name.isEmpty() && !email.isEmpty();
  }
}
