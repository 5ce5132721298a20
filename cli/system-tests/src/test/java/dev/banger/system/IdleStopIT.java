package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A real guest that is left alone, in the end. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IdleStopIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Longer than a client takes to do something, also where much else runs. */
  private static final Duration UNUSED = Duration.ofSeconds(8);

  /** Longer than that, by so much that the guest would be gone. */
  private static final Duration BEYOND = UNUSED.plusSeconds(3);

  private static BangerHome home;

  @BeforeAll
  static void startOne() throws Exception {
    home = BangerHome.with("tiny");
    Files.createDirectories(home.config().getParent());
    // Emulated guests are never so idle that the host would not notice.
    Files.writeString(
        home.config(),
        "idle_stop = \"%ds\"\n[plugins.idle-stop]\ncpu = 0\n".formatted(UNUSED.toSeconds()));
    home.ok("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");
    home.ok("vm", "touch", "web");
  }

  @AfterAll
  static void close() {
    home.close();
  }

  private static JsonNode show() {
    return home.ok("vm", "show", "web", "-o", "json").json();
  }

  private static void await(Predicate<JsonNode> condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.test(show())) {
      assertThat(System.nanoTime()).as("in time: %s", show()).isLessThan(end);
      Thread.sleep(200);
    }
  }

  private static boolean saysWhy(JsonNode vm) {
    return vm.path("remarks").toString().contains("because it was not used for 8 s");
  }

  @Test
  @Order(1)
  void a_vm_that_is_touched_now_and_then_runs_on() {
    long end = System.nanoTime() + BEYOND.toNanos();
    while (System.nanoTime() < end) {
      JsonNode result = home.ok("vm", "touch", "web", "-o", "json").json().path("results").path(0);
      assertThat(result.path("ok").asBoolean()).as("%s", result).isTrue();
    }
    assertThat(show().path("state").asText()).isEqualTo("running");
  }

  @Test
  @Order(2)
  void an_open_command_keeps_it_however_quiet_it_is() {
    assertThat(
            home.ok(
                    "vm",
                    "exec",
                    "web",
                    "--",
                    "sh",
                    "-c",
                    "sleep " + BEYOND.toSeconds() + "; uptime")
                .out())
        .contains("up");
  }

  @Test
  @Order(3)
  void left_alone_it_stops_and_says_why_though_somebody_looks_on() throws Exception {
    await(vm -> vm.path("state").asText().equals("stopped"));

    await(IdleStopIT::saysWhy);
    assertThat(show().path("remarks").toString())
        .contains("idle-stop: stopped at ", "(last use: exec at ");
    assertThat(home.ok("vm", "show", "web").out()).contains("because it was not used for 8 s");
    assertThat(home.run("vm", "touch", "web").exitCode()).isEqualTo(1);
  }

  @Test
  @Order(4)
  void why_it_stopped_outlives_the_daemon() throws Exception {
    home.ok("daemon", "restart");

    await(IdleStopIT::saysWhy);
    assertThat(home.run("doctor").out()).contains("VMs stop after 8 s without use");
  }
}
