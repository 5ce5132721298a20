package dev.banger.plugin.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the server listens, as it is configured: {@code 127.0.0.1:42069} or {@code [::1]:53}. */
final class Endpoint {
  private static final Pattern SHAPE =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]{2,45})\\]|([0-9.]{7,15})):([0-9]{1,5})");

  private Endpoint() {}

  /**
   * Looks nothing up: a name is refused.
   *
   * @throws IllegalArgumentException in one sentence
   */
  static InetSocketAddress parse(String text) {
    Matcher parts = SHAPE.matcher(text);
    if (parts.matches()) {
      int port = Integer.parseInt(parts.group(3));
      String address = parts.group(1) != null ? parts.group(1) : parts.group(2);
      if (port <= 65_535) {
        try {
          return new InetSocketAddress(InetAddress.ofLiteral(address), port);
        } catch (IllegalArgumentException e) {
          // Told below, like the rest.
        }
      }
    }
    throw new IllegalArgumentException(
        "listen must be ADDRESS:PORT, for example 127.0.0.1:42069, got \""
            + HostNames.shown(text)
            + "\"");
  }

  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
