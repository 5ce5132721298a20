package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.Phase;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every single thing on the host fails once to be made, and once to be removed. */
class FaultTest {
  private final World world = new World();
  private final MemoryJournal journal = new MemoryJournal();

  private Passage begin() {
    Fixture.Plugins plugins = new Fixture.Plugins();
    plugins.active.addAll(world.plugins());
    return new HookEngine(journal, plugins, HookWatcher.NONE, InstantSource.fixed(Fixture.NOW))
        .begin(Fixture.VM, "op-1", new SilentProgress());
  }

  private void start() throws InterruptedException {
    try (Passage passage = begin()) {
      for (Phase phase : Phase.values()) {
        passage.start(phase);
      }
    }
  }

  private StopReport stop() throws InterruptedException {
    StopReport all = StopReport.NOTHING;
    try (Passage passage = begin()) {
      for (Phase phase : List.of(Phase.values()).reversed()) {
        all = all.plus(passage.stop(phase));
      }
    }
    return all;
  }

  @Test
  void aRequiredStepThatFailsAnywhereLeavesNothing() throws Exception {
    for (String thing : World.all()) {
      world.failing.clear();
      world.failing.add(thing);
      if (thing.startsWith("dns")) {
        start();
        assertThat(world.things()).hasSize(World.all().size() - 2);
      } else {
        assertThatThrownBy(this::start)
            .isInstanceOf(CapabilityException.class)
            .hasMessageContaining("(required): cannot make " + thing);
      }
      assertThat(stop().pending()).isEmpty();
      assertThat(world.things()).as(thing).isEmpty();
      assertThat(journal.open()).isEmpty();
    }
    assertThat(world.violations).isEmpty();
  }

  @Test
  void whateverCannotBeRemovedIsRemovedTheNextTime() throws Exception {
    for (String thing : World.all()) {
      start();
      world.stuck.add(thing);
      StopReport report = stop();
      assertThat(report.pending()).as(thing).isNotEmpty();
      assertThat(report.released() + report.pending().size()).isEqualTo(World.PARTS.size());
      assertThat(world.things()).contains(thing);

      world.stuck.clear();
      assertThat(stop().pending()).isEmpty();
      assertThat(world.things()).isEmpty();
      assertThat(journal.open()).isEmpty();
    }
    assertThat(world.violations).isEmpty();
  }
}
