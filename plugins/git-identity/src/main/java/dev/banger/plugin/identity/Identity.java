package dev.banger.plugin.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who makes commits. Git keeps bytes; here each is one char of ISO 8859-1, so that none is lost.
 *
 * @param name empty when there is none
 * @param email empty when there is none
 */
record Identity(String name, String email) {
  /** Of either part, in bytes. Git has no limit; what is longer is no name. */
  static final int LONGEST = 1000;

  static final Identity NONE = new Identity("", "");

  static Identity ofText(String name, String email) {
    return new Identity(bytes(name), bytes(email));
  }

  private static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  boolean isEmpty() {
    return name.isEmpty() && email.isEmpty();
  }

  boolean isComplete() {
    return !name.isEmpty() && !email.isEmpty();
  }

  /** Part by part, this where it says something, else the other. */
  Identity orElse(Identity other) {
    return new Identity(name.isEmpty() ? other.name : name, email.isEmpty() ? other.email : email);
  }

  /** Without the parts that the other one has as well. */
  Identity butNot(Identity other) {
    return new Identity(
        name.equals(other.name) ? "" : name, email.equals(other.email) ? "" : email);
  }

  /** What there is of it, by git's keys in the section {@code user}. */
  Map<String, String> entries() {
    Map<String, String> entries = new LinkedHashMap<>();
    if (!name.isEmpty()) {
      entries.put("name", name);
    }
    if (!email.isEmpty()) {
      entries.put("email", email);
    }
    return entries;
  }

  /** For people, on one line: {@code Ada Example <ada@example.org>}. */
  String words() {
    String who = name.isEmpty() ? "(no user.name)" : text(name);
    return who + (email.isEmpty() ? " (no user.email)" : " <" + text(email) + ">");
  }

  private static String text(String bytes) {
    String text = new String(bytes.getBytes(ISO_8859_1), UTF_8).replaceAll("\\p{Cntrl}", " ");
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
