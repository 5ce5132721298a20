package dev.banger.plugin.dns;

import dev.banger.api.Summary;
import java.time.Duration;

/**
 * {@code [plugins.dns]}. Refuses what it cannot serve.
 *
 * @param zone without a dot at its end
 * @param listen an address and a port; for both UDP and TCP
 * @param ttl short, because a VM that is started again may have another address
 */
record DnsSettings(
    @Summary("the zone in which VMs have names") String zone,
    @Summary("where to answer, ADDRESS:PORT, over UDP and TCP") String listen,
    @Summary("how long others may remember an answer, at most 5s") Duration ttl) {
  // First: the defaults are checked against it.
  private static final Duration LONGEST_TTL = Duration.ofSeconds(5);

  static final DnsSettings DEFAULTS =
      new DnsSettings("vm", "127.0.0.1:42069", Duration.ofSeconds(5));

  DnsSettings {
    if (zone.length() > 100 || !HostNames.isValid(zone)) {
      throw new IllegalArgumentException(
          "zone must be a host name of at most 100 lower-case letters, digits, hyphens and dots, got"
              + " \""
              + HostNames.shown(zone)
              + "\"");
    }
    Endpoint.parse(listen);
    if (ttl.isNegative() || ttl.compareTo(LONGEST_TTL) > 0) {
      throw new IllegalArgumentException("ttl must be 0s to 5s, got " + ttl.toMillis() + " ms");
    }
  }
}
