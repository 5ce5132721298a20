package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.hooks.Fixture.Mark;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchingTest {
  private static final HookRun RUN =
      new HookRun(
          "op-1",
          "0123456789ab",
          "web",
          "nat",
          "1.0.0",
          "rules",
          "host",
          "start",
          Fixture.NOW,
          Duration.ofMillis(3),
          "ok",
          "3 rules");

  @Test
  void everyCallInEitherDirectionIsAnEventOfTheFlightRecorder(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("banger.PluginHook");
      recording.enable("banger.HostCall");
      recording.start();
      new JfrWatcher().ran(RUN);
      new JfrHostCalls().after("nat", "run nft", 2_000_000);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);

    assertThat(events).hasSize(2);
    RecordedEvent call = events.getLast();
    assertThat(call.getEventType().getName()).isEqualTo("banger.HostCall");
    assertThat(List.of("plugin", "call"))
        .extracting(call::getString)
        .containsExactly("nat", "run nft");
    assertThat(call.getDuration("took")).isEqualTo(Duration.ofMillis(2));
    RecordedEvent event = events.getFirst();
    assertThat(event.getEventType().getName()).isEqualTo("banger.PluginHook");
    assertThat(
            List.of("plugin", "version", "step", "phase", "vm", "operation", "action", "outcome"))
        .extracting(event::getString)
        .containsExactly("nat", "1.0.0", "rules", "host", "web", "op-1", "start", "ok");
    assertThat(event.getDuration("took")).isEqualTo(Duration.ofMillis(3));
  }

  @Test
  void aWatcherThatFailsHarmsNobody() {
    Fixture fixture = new Fixture();
    fixture.plugins.with(
        Fixture.step(
            "nat",
            StepSpec.required("rules", Phase.HOST),
            _ -> Started.ok(new Mark("x")),
            (_, _) -> Stopped.released()));
    HookEngine engine =
        new HookEngine(
            fixture.journal,
            fixture.plugins,
            _ -> {
              throw new IllegalStateException("off");
            },
            InstantSource.fixed(Fixture.NOW));
    try (Passage passage = engine.begin(Fixture.VM, "op-1", new SilentProgress())) {
      assertThatCode(() -> passage.start(Phase.HOST)).doesNotThrowAnyException();
    }
  }
}
