package dev.banger.plugin.dns;

import java.util.Optional;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.TextParseException;

/** The one zone that is served. */
final class Zone {
  /**
   * The server's own name in the zone: what NS and SOA point to, and what the doctor asks for. No
   * VM can be called that.
   */
  static final String SERVER = "_banger";

  private final String text;
  private final Name apex;
  private final Name server;
  private final Name mailbox;

  /**
   * @param text checked by {@link DnsSettings}
   */
  Zone(String text) {
    this.text = text;
    this.apex = name(text + ".");
    this.server = name(SERVER + "." + text + ".");
    this.mailbox = name("nobody.invalid.");
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no name: " + e.getMessage(), e);
    }
  }

  String text() {
    return text;
  }

  Name apex() {
    return apex;
  }

  Name server() {
    return server;
  }

  /** Of the person responsible: there is none. */
  Name mailbox() {
    return mailbox;
  }

  boolean contains(Name name) {
    return name.subdomain(apex);
  }

  /** {@code web.vm} for {@code web}. */
  String full(String relative) {
    return relative + "." + text;
  }

  /**
   * @param relative empty when it has no place in the zone
   */
  Optional<Name> inside(String relative) {
    try {
      return Optional.of(Name.concatenate(Name.fromString(relative, Name.empty), apex));
    } catch (TextParseException | NameTooLongException e) {
      return Optional.empty();
    }
  }
}
