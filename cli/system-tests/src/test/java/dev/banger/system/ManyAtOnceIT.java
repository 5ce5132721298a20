package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Twenty command lines at once. */
class ManyAtOnceIT {
  private static final int VMS = 20;

  @Test
  void twentyVmsCreatedByTwentyCommandLinesAllBecomeReadyOnTheirOwnAddresses() {
    try (BangerHome home = BangerHome.with("tiny")) {
      List<CompletableFuture<Ran>> creates = new ArrayList<>();
      for (int i = 0; i < VMS; i++) {
        String name = "vm" + i;
        creates.add(
            CompletableFuture.supplyAsync(
                () ->
                    home.run(
                        "vm",
                        "create",
                        name,
                        "--image",
                        "tiny",
                        "--memory",
                        "192MiB",
                        "--timeout",
                        "6m"),
                command -> Thread.ofVirtual().start(command)));
      }
      // A list is never kept waiting by VMs that boot.
      for (int i = 0; i < 5; i++) {
        home.ok("vm", "list", "-o", "json");
      }
      creates.forEach(create -> create.join().ok());

      JsonNode list = home.ok("vm", "list", "-o", "json").json();
      Set<String> addresses = new HashSet<>();
      list.forEach(
          vm -> {
            assertThat(vm.path("state").asText()).isEqualTo("running");
            addresses.add(vm.path("ip").asText());
          });
      assertThat(addresses).hasSize(VMS);
    }
  }
}
