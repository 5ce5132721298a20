package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Getting the address, and waiting for it. */
class ListeningTest {
  @Test
  void anAddressInUseIsToldAndTakenOnceItIsFree() throws Exception {
    Zone zone = TestServer.ZONE;
    TestServer other = new TestServer();
    InetSocketAddress address = other.address();
    System.Logger log = System.getLogger("test");
    LiveTable table =
        new LiveTable(zone, TestServer.HERE, java.util.List::of, System::nanoTime, 1, log);
    Responder responder = new Responder(zone, 5, "banger mine", table::now, log);
    CountDownLatch taken = new CountDownLatch(1);
    Listening listening =
        new Listening(
            address,
            wanted -> {
              DnsServer server = DnsServer.bind(wanted, responder, DnsServer.IDLE);
              taken.countDown();
              return server;
            },
            Duration.ofMillis(5),
            log);
    listening.begin();
    assertThat(listening.address()).isEmpty();
    assertThat(listening.problem())
        .hasValue("the address %s for DNS is in use".formatted(Endpoint.text(address)));
    assertThat(Probe.identity(zone, address)).hasValue("banger test");
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    listening.run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    try {
      other.close();
      assertThat(taken.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(Probe.identity(zone, address)).hasValue("banger mine");
      assertThat(listening.problem()).isEmpty();
    } finally {
      thread.interrupt();
      thread.join();
      listening.close();
    }
    assertThat(listening.address()).isEmpty();
    assertThat(Probe.identity(zone, address)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:53",
        "127.0.0.1",
        "127.0.0.1:65536",
        "127.0.0.256:1",
        "::1:53",
        "[::1]"
      })
  void anAddressThatIsNoneIsRefused(String listen) {
    assertThatThrownBy(() -> new DnsSettings("vm", listen, Duration.ofSeconds(5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("listen must be ADDRESS:PORT");
  }

  @Test
  void zonesAndTimesOutOfRangeAreRefused() {
    for (String zone : new String[] {"", ".", "vm.", "V M", "-a", "a".repeat(101)}) {
      assertThatThrownBy(() -> new DnsSettings(zone, "127.0.0.1:53", Duration.ZERO))
          .hasMessageStartingWith("zone must be");
    }
    for (Duration ttl : new Duration[] {Duration.ofSeconds(6), Duration.ofMillis(-1)}) {
      assertThatThrownBy(() -> new DnsSettings("vm", "127.0.0.1:53", ttl))
          .hasMessageStartingWith("ttl must be");
    }
    assertThat(new DnsSettings("guests.lan", "[::1]:53", Duration.ZERO).zone()).endsWith(".lan");
  }
}
