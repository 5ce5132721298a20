package dev.banger.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolversTest {
  @TempDir Path temp;

  private List<String> usable(String own, String behind) throws IOException {
    return new Resolvers(
            List.of(
                Files.writeString(temp.resolve("own"), own),
                Files.writeString(temp.resolve("behind"), behind)))
        .usable();
  }

  @Test
  void aGuestAsksWhomTheHostAsks() throws Exception {
    assertThat(
            usable(
                "search x\nnameserver 10.0.0.1\n nameserver\t10.0.0.2 # b\n", "nameserver 9.9.9.9"))
        .containsExactly("10.0.0.1", "10.0.0.2");
  }

  @Test
  void aResolverOnTheLoopbackIsNotTheGuestsSoThoseBehindItAre() throws Exception {
    assertThat(usable("nameserver 127.0.0.53\nnameserver ::1\n", "nameserver 9.9.9.9\n"))
        .containsExactly("9.9.9.9");
  }

  @Test
  void nonsenseIsNoAddress() throws Exception {
    assertThat(
            usable(
                "nameserver\nnameserver 1.2.3.4.5\nnameserver fe80::1%eth0\nnameserver 10.0.0.0/8\n",
                ""))
        .isEmpty();
    assertThat(new Resolvers(List.of(temp.resolve("none"))).usable()).isEmpty();
  }

  @Test
  void threeAreEnough() throws Exception {
    assertThat(
            usable(
                "nameserver 1.0.0.1\n".repeat(3)
                    + "nameserver 2.0.0.1\nnameserver 3.0.0.1\nnameserver 4.0.0.1",
                ""))
        .containsExactly("1.0.0.1", "2.0.0.1", "3.0.0.1");
  }
}
