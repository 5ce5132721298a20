package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransitionsTest {
  private static VmRecord vm(String state) {
    VmSpec spec = new VmSpec("web", "tiny", 1, 128, 64, 32, true, "auto", Map.of());
    return new VmRecord(
        VmId.random(),
        spec,
        VmState.of(state, "why"),
        "",
        3,
        Instant.EPOCH,
        Optional.empty(),
        "",
        false);
  }

  private static VmEvent event(String name) {
    return switch (name) {
      case "start" -> new VmEvent.StartRequested();
      case "ready" -> new VmEvent.BecameReady();
      case "startFailed" -> new VmEvent.StartFailed("cause");
      case "stop" -> new VmEvent.StopRequested();
      case "down" -> new VmEvent.WentDown();
      case "crash" -> new VmEvent.Crashed("cause");
      case "cleanupFailed" -> new VmEvent.CleanupFailed("what");
      case "delete" -> new VmEvent.DeleteRequested();
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "stopped, start, starting",
    "stopped, delete, deleting",
    "starting, ready, running",
    "starting, startFailed, failed",
    "starting, stop, stopping",
    "running, stop, stopping",
    "running, down, stopped",
    "running, crash, failed",
    "running, delete, deleting",
    "stopping, down, stopped",
    "stopping, cleanupFailed, cleanupPending",
    "failed, start, starting",
    "failed, delete, deleting",
    "cleanupPending, down, stopped",
    "cleanupPending, delete, deleting",
    "deleting, cleanupFailed, cleanupPending",
  })
  void allows(String from, String event, String to) {
    assertThat(Transitions.next(VmState.of(from, ""), event(event)).orElseThrow().wireName())
        .isEqualTo(to);
  }

  @ParameterizedTest
  @CsvSource({
    "stopped, stop, possible now: banger vm start web",
    "stopped, ready, possible now: banger vm start web",
    "running, start, possible now: banger vm stop web",
    "stopping, start, banger vm wait web --for stopped",
    "cleanupPending, start, banger vm repair web",
    "deleting, start, it is being removed",
  })
  void refusesWithTheStateAndWhatIsPossible(String from, String event, String hint) {
    assertThatThrownBy(() -> Transitions.apply(vm(from), event(event)))
        .hasMessageContaining("vm \"web\" is " + from)
        .extracting("hint")
        .asString()
        .contains(hint);
  }
}
