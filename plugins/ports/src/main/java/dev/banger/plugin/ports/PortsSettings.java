package dev.banger.plugin.ports;

import dev.banger.api.Summary;
import java.time.Duration;
import java.util.List;

/**
 * {@code [plugins.ports]}.
 *
 * @param maxForwards for each VM, 0 to 4096
 * @param exclude ports of guests that are not forwarded
 * @param probeTimeout for each port, 50 ms to 10 s; guests that answer slowly get more
 */
record PortsSettings(
    @Summary(
            "whether ports of guests are forwarded to the VM's loopback address where nothing else leads to them")
        boolean forward,
    @Summary("how many ports of one guest are forwarded at most") int maxForwards,
    @Summary("ports that are not forwarded") List<Integer> exclude,
    @Summary("how long a server may take to show whether it speaks HTTP or HTTPS")
        Duration probeTimeout) {
  static final int MOST_FORWARDS = 4096;

  static final PortsSettings DEFAULTS =
      new PortsSettings(true, 64, List.of(22), Duration.ofMillis(400));

  PortsSettings {
    if (maxForwards < 0 || maxForwards > MOST_FORWARDS) {
      throw new IllegalArgumentException(
          "max_forwards must be 0 to %d, got %d".formatted(MOST_FORWARDS, maxForwards));
    }
    for (int port : exclude) {
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("exclude must hold ports, 1 to 65535, got " + port);
      }
    }
    if (probeTimeout.toMillis() < 50 || probeTimeout.toSeconds() > 10) {
      throw new IllegalArgumentException(
          "probe_timeout must be 50ms to 10s, got " + probeTimeout.toMillis() + " ms");
    }
    exclude = List.copyOf(exclude);
  }
}
