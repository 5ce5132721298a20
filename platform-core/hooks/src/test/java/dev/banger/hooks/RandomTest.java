package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.hooks.World.Part;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any sequence of starts and stops, failures and crashes, against a model without an engine. */
class RandomTest {
  private static final int OPERATIONS = 150;

  /** What is held, by step, with the things in the receipt. */
  private static final class Model {
    final World world;
    final Map<String, List<String>> held = new TreeMap<>();

    Model(World world) {
      this.world = world;
    }

    /** What a stop leaves: what is stuck, and what that comes after. */
    void stop() {
      TreeSet<String> kept = new TreeSet<>();
      for (Part part : World.PARTS.reversed()) {
        List<String> receipt = held.getOrDefault(part.step(), List.of());
        boolean stuck = receipt.stream().anyMatch(world.stuck::contains);
        boolean used =
            World.PARTS.stream()
                .filter(other -> kept.contains(other.step()))
                .anyMatch(
                    other ->
                        other.after().contains(part.plugin())
                            || other.after().contains(part.plugin() + "/" + part.step()));
        if (held.containsKey(part.step()) && (stuck || used)) {
          kept.add(part.step());
        }
      }
      held.keySet().retainAll(kept);
    }

    boolean start() {
      stop();
      for (Part part : World.PARTS) {
        boolean required = part.policy() == StepPolicy.REQUIRED;
        if (held.containsKey(part.step())) {
          if (required) {
            return false;
          }
          continue;
        }
        List<String> receipt = new ArrayList<>();
        boolean failed = false;
        for (String thing : part.things()) {
          if (!failed) {
            receipt.add(thing);
            failed = world.failing.contains(thing);
          }
        }
        if (!failed || required || receipt.stream().anyMatch(world.stuck::contains)) {
          held.put(part.step(), receipt);
        }
        if (failed && required) {
          return false;
        }
      }
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theEngineHoldsWhatTheModelHolds(long seed) throws Exception {
    Random random = new Random(seed);
    World world = new World();
    MemoryJournal journal = new MemoryJournal();
    Model model = new Model(world);
    for (int i = 0; i < OPERATIONS; i++) {
      String where = "seed %d, operation %d".formatted(seed, i);
      switch (random.nextInt(8)) {
        case 0 -> toggle(world.failing, random);
        case 1 -> toggle(world.stuck, random);
        case 2 -> {
          world.failing.clear();
          world.stuck.clear();
        }
        case 3 -> {
          crash(world, journal, random);
          world.stuck.clear();
          stop(world, journal);
          model.held.clear();
          assertThat(world.things()).as(where).isEmpty();
        }
        case 4, 5 -> {
          boolean started = start(world, journal);
          assertThat(started).as(where).isEqualTo(model.start());
          if (!started) {
            stop(world, journal);
            model.stop();
          }
        }
        default -> {
          stop(world, journal);
          model.stop();
        }
      }
      assertThat(held(journal)).as(where).isEqualTo(model.held.keySet());
      assertThat(model.held.values().stream().flatMap(List::stream).toList())
          .as(where)
          .containsAll(world.things());
      assertThat(world.violations).as(where).isEmpty();
    }
    world.stuck.clear();
    world.failing.clear();
    assertThat(start(world, journal)).isTrue();
    assertThat(world.things()).isEqualTo(World.all());
    stop(world, journal);
    assertThat(world.things()).isEmpty();
    assertThat(journal.open()).isEmpty();
  }

  private static Set<String> held(MemoryJournal journal) {
    return journal.open().stream()
        .filter(row -> row.state().holds())
        .map(JournalRow::step)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void toggle(Set<String> set, Random random) {
    List<String> all = List.copyOf(World.all());
    String thing = all.get(random.nextInt(all.size()));
    if (!set.remove(thing)) {
      set.add(thing);
    }
  }

  private static Passage begin(World world, Journal journal) {
    Fixture.Plugins plugins = new Fixture.Plugins();
    plugins.active.addAll(world.plugins());
    return new HookEngine(journal, plugins, HookWatcher.NONE, InstantSource.fixed(Fixture.NOW))
        .begin(Fixture.VM, "op-1", new SilentProgress());
  }

  private static boolean start(World world, Journal journal) throws InterruptedException {
    world.fuse = Fuse.endless();
    try (Passage passage = begin(world, journal)) {
      for (Phase phase : Phase.values()) {
        passage.start(phase);
      }
      return true;
    } catch (CapabilityException e) {
      assertThat(e).hasMessageContaining("(required)");
      return false;
    }
  }

  private static void stop(World world, Journal journal) throws InterruptedException {
    world.fuse = Fuse.endless();
    try (Passage passage = begin(world, journal)) {
      for (Phase phase : List.of(Phase.values()).reversed()) {
        passage.stop(phase);
      }
    }
  }

  private static void crash(World world, Journal journal, Random random)
      throws InterruptedException {
    Fuse fuse = new Fuse(random.nextInt(30));
    world.fuse = fuse;
    try (Passage passage = begin(world, fuse.in(journal))) {
      for (Phase phase : Phase.values()) {
        passage.start(phase);
      }
    } catch (Fuse.Killed | CapabilityException e) {
      // Dead, or a step could not be started.
    }
  }
}
