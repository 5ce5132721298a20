package dev.banger.plugin.dns;

import dev.banger.api.OpenContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * What is open while the plugin is.
 *
 * @param identity the same for all versions of the plugin in one daemon's home, and no other
 */
record Service(
    DnsSettings settings, Zone zone, String identity, LiveTable table, Listening listening) {

  /** Nothing is bound yet, and no thread runs. */
  static Service of(OpenContext context) {
    DnsSettings settings = context.config(DnsSettings.class);
    InetSocketAddress wanted = Endpoint.parse(settings.listen());
    Zone zone = new Zone(settings.zone());
    String identity = identity(context.dataDir());
    LiveTable table =
        new LiveTable(
            zone,
            reachable(wanted.getAddress()),
            () -> Records.all(context.store()).values(),
            System::nanoTime,
            Instant.now().getEpochSecond(),
            context.log());
    Responder responder =
        new Responder(zone, settings.ttl().toSeconds(), identity, table::now, context.log());
    Listening listening =
        new Listening(
            wanted,
            address -> DnsServer.bind(address, responder, DnsServer.IDLE),
            Listening.RETRY,
            context.log());
    return new Service(settings, zone, identity, table, listening);
  }

  /** Where the server is reached when it listens on all addresses. */
  static InetAddress reachable(InetAddress address) {
    return address.isAnyLocalAddress() ? InetAddress.ofLiteral("127.0.0.1") : address;
  }

  /** ADDRESS:PORT for those who ask from this host. */
  static String reachable(InetSocketAddress address) {
    return Endpoint.text(new InetSocketAddress(reachable(address.getAddress()), address.getPort()));
  }

  /** Where this host is to ask, whether somebody answers there yet or not. */
  String server() {
    return reachable(listening.address().orElse(listening.wanted()));
  }

  private static String identity(Path dataDir) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(dataDir.toString().getBytes(StandardCharsets.UTF_8));
      return "banger " + HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
