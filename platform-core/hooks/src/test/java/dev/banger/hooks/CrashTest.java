package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.Phase;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The daemon dies at every point of everything it does, and once more while it recovers. */
class CrashTest {
  /** What a daemon does with a VM. */
  private interface Work {
    void on(Passage passage) throws InterruptedException;
  }

  private static final Work START =
      passage -> {
        for (Phase phase : Phase.values()) {
          passage.start(phase);
        }
      };
  private static final Work STOP =
      passage -> {
        for (Phase phase : List.of(Phase.values()).reversed()) {
          passage.stop(phase);
        }
      };
  private static final Work RECOVER = Passage::recover;

  /** A host with its disk: both outlive daemons. */
  private static final class Host {
    final World world = new World();
    final MemoryJournal journal = new MemoryJournal();

    /** Runs a fresh daemon for as long as the fuse lasts; returns how many points it passed. */
    int daemon(Fuse fuse, Work work) throws InterruptedException {
      world.fuse = fuse;
      Fixture.Plugins plugins = new Fixture.Plugins();
      plugins.active.addAll(world.plugins());
      HookEngine engine =
          new HookEngine(
              fuse.in(journal), plugins, HookWatcher.NONE, InstantSource.fixed(Fixture.NOW));
      try (Passage passage = engine.begin(Fixture.VM, "op-1", new SilentProgress())) {
        work.on(passage);
      } catch (Fuse.Killed | CapabilityException e) {
        assertThat(fuse.alive()).as("alive, and yet: %s", e).isFalse();
      }
      return fuse.points();
    }

    void live(Work work) throws InterruptedException {
      daemon(Fuse.endless(), work);
    }

    void isClean() {
      assertThat(world.things()).isEmpty();
      assertThat(journal.open()).isEmpty();
      assertThat(world.violations).isEmpty();
    }

    void isComplete() {
      assertThat(world.things()).isEqualTo(World.all());
      assertThat(journal.open())
          .hasSize(World.PARTS.size())
          .allMatch(row -> row.state() == JournalRow.State.STARTED)
          .allMatch(row -> row.reason().isEmpty());
      assertThat(world.violations).isEmpty();
    }
  }

  /** Before everything else. */
  private interface Given {
    void in(Host host) throws InterruptedException;
  }

  private interface Then {
    void holds(Host host);
  }

  /**
   * @param stride of the second crash; its offset goes with the first, so that no point is left out
   */
  private static int everyCrash(Given given, Work work, Work recovery, int stride, Then then)
      throws InterruptedException {
    Host whole = new Host();
    given.in(whole);
    int points = whole.daemon(Fuse.endless(), work);
    int cases = 0;
    for (int first = 0; first <= points; first++) {
      Host once = new Host();
      given.in(once);
      once.daemon(new Fuse(first), work);
      int again = once.daemon(Fuse.endless(), recovery);
      then.holds(once);
      cases++;
      for (int second = first % stride; second < again; second += stride) {
        Host twice = new Host();
        given.in(twice);
        twice.daemon(new Fuse(first), work);
        twice.daemon(new Fuse(second), recovery);
        twice.live(recovery);
        then.holds(twice);
        cases++;
      }
    }
    return cases;
  }

  @Test
  void aStartThatIsCutOffAnywhereIsTakenBackWhole() throws Exception {
    int cases = everyCrash(host -> {}, START, STOP, 1, Host::isClean);

    assertThat(cases).isGreaterThan(200);
  }

  @Test
  void aStopThatIsCutOffAnywhereIsFinished() throws Exception {
    int cases = everyCrash(host -> host.live(START), STOP, STOP, 1, Host::isClean);

    assertThat(cases).isGreaterThan(100);
  }

  @Test
  void aStartAfterACrashedStartIsComplete() throws Exception {
    int cases = everyCrash(host -> {}, START, START, 9, Host::isComplete);

    assertThat(cases).isGreaterThan(100);
  }

  @Test
  void aRunningVmIsCompleteAgainWhereverTheRecoveryIsCutOff() throws Exception {
    int cases = 0;
    for (Set<String> lost : List.of(Set.of("tap.a", "tap.b"), Set.of("dns.b", "disk.a"))) {
      cases +=
          everyCrash(
              host -> {
                host.live(START);
                lost.forEach(host.world::lose);
              },
              RECOVER,
              RECOVER,
              12,
              Host::isComplete);
    }

    assertThat(cases).isGreaterThan(100);
  }

  @Test
  void aVmThatStopsAfterACutOffRecoveryLeavesNothing() throws Exception {
    everyCrash(
        host -> {
          host.live(START);
          host.world.lose("rules.a");
        },
        RECOVER,
        STOP,
        4,
        Host::isClean);
  }
}
