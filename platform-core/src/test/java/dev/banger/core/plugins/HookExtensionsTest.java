package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.FailureKind;
import dev.banger.api.LifecycleStep;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.api.build.Registration;
import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.lifecycle.Extensions.StepStatus;
import dev.banger.core.lifecycle.Extensions.Visit;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.hooks.Gate;
import dev.banger.hooks.HookEngine;
import dev.banger.hooks.HookWatcher;
import dev.banger.hooks.Lease;
import dev.banger.hooks.MemoryJournal;
import dev.banger.hooks.Participant;
import dev.banger.hooks.Participants;
import dev.banger.hooks.StoredVm;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Where the lifecycle's words and the hook engine's meet. */
class HookExtensionsTest {
  private static final VmRecord WEB = RuntimeHarness.WEB;

  record Word(String word) {}

  private final MemoryJournal journal = new MemoryJournal();
  private final List<String> forgotten = new ArrayList<>();
  private Optional<String> refusal = Optional.empty();
  private boolean isThere = true;
  private RuntimeException startFailure;
  private RuntimeException stopFailure;
  private String degraded = "";

  private final HookExtensions extensions =
      new HookExtensions(
          new HookEngine(journal, new One(), HookWatcher.NONE, InstantSource.system()),
          journal,
          HostNetwork.USER_MODE,
          new HookExtensions.Surroundings() {
            @Override
            public Optional<String> refusal() {
              return refusal;
            }

            @Override
            public void happened(StoredVm vm, String type, String reason) {}

            @Override
            public void forget(String vmId) {
              forgotten.add(vmId);
            }

            @Override
            public java.util.Set<String> drifted() {
              return java.util.Set.of(WEB.id().value(), "../nonsense");
            }

            @Override
            public void sweep(Predicate<String> exists) {}
          });

  private final class Step implements LifecycleStep<Word> {
    @Override
    public Started<Word> start(StepContext<Word> context) {
      context.intend(new Word("made"));
      if (startFailure != null) {
        throw startFailure;
      }
      return degraded.isEmpty()
          ? Started.ok(new Word("made"), "noted")
          : Started.degraded(new Word("made"), degraded);
    }

    @Override
    public Stopped stop(StepContext<Word> context, Optional<Word> receipt) {
      if (stopFailure != null) {
        throw stopFailure;
      }
      return Stopped.released();
    }
  }

  private Visit visit() {
    return extensions.visit(WEB, "op-7", Progress.NONE);
  }

  private void start() throws InterruptedException {
    try (Visit visit = visit()) {
      visit.start(Phase.HOST);
    }
  }

  @Test
  void whatIsStartedIsShownWithItsNoteUntilItIsStopped() throws Exception {
    start();

    assertThat(extensions.steps(WEB))
        .containsExactly(
            new StepStatus("nat", "1.0.0", "rules", "host", "required", "started", "noted", ""));
    assertThat(extensions.steps()).containsOnlyKeys(WEB.id().value());
    try (Visit visit = visit()) {
      assertThat(visit.stop(Phase.HOST).released()).isEqualTo(1);
    }
    assertThat(extensions.steps(WEB)).isEmpty();
  }

  @Test
  void whatPluginsCallDriftedIsAVmOrNothing() throws Exception {
    assertThat(extensions.drifted()).containsExactly(WEB.id());
  }

  @Test
  void aDegradedStepIsWorthASentenceOfItsOwn() throws Exception {
    degraded = "no IPv6";

    start();

    StepStatus status = extensions.steps(WEB).getFirst();
    assertThat(status.isDegraded()).isTrue();
    assertThat(status.sentence()).isEqualTo("nat 1.0.0, step rules: no IPv6");
  }

  @Test
  void aFailedStepFailsWithItsBlameLineInTheCoresOwnKind() {
    startFailure = new CapabilityException(FailureKind.CONFLICT, "the table is taken", "free it");

    try (Visit visit = visit()) {
      assertThatThrownBy(() -> visit.start(Phase.HOST))
          .isInstanceOf(BangerException.class)
          .hasMessageStartingWith("nat 1.0.0, step rules: failed after")
          .hasMessageContaining("(required): the table is taken")
          .satisfies(
              e -> {
                assertThat(((BangerException) e).kind()).isEqualTo(ErrorKind.CONFLICT);
                assertThat(((BangerException) e).hint()).isEqualTo("free it");
              });
    }
  }

  @Test
  void noVmStartsWhileAPluginThatVmsRelyOnIsBroken() {
    refusal = Optional.of("plugin nat is failed");

    try (Visit visit = visit()) {
      assertThatThrownBy(visit::problems).hasMessage("plugin nat is failed");
    }
  }

  @Test
  void whatAMissingPluginHoldsIsToldApartFromWhatCouldNotBeStopped() throws Exception {
    start();
    stopFailure = new IllegalStateException("busy");
    try (Visit visit = visit()) {
      assertThat(visit.stop(Phase.HOST).pending()).singleElement().asString().contains("busy");
    }

    isThere = false;

    try (Visit visit = visit()) {
      assertThat(visit.stop(Phase.HOST).pending()).isEmpty();
      assertThat(visit.stop(Phase.HOST).absent())
          .singleElement()
          .asString()
          .startsWith("nat 1.0.0, step rules");
    }
  }

  @Test
  void whatIsStoredForADeletedVmIsKeptUntilItsLastStepIsStopped() throws Exception {
    start();
    stopFailure = new IllegalStateException("busy");
    try (Visit visit = visit()) {
      assertThat(visit.stop(Phase.HOST).pending()).hasSize(1);
      assertThat(visit.removed()).isEmpty();
    }
    assertThat(forgotten).isEmpty();
    assertThat(extensions.releaseLeftovers(_ -> false)).singleElement().asString().contains("busy");
    assertThat(forgotten).isEmpty();

    stopFailure = null;

    assertThat(extensions.releaseLeftovers(_ -> false)).isEmpty();
    assertThat(forgotten).containsExactly(WEB.id().value());
    assertThat(journal.open()).isEmpty();
  }

  @Test
  void leftoversOfAVmThatExistsAreNoLeftovers() throws Exception {
    start();

    assertThat(extensions.releaseLeftovers(_ -> true)).isEmpty();

    assertThat(extensions.steps(WEB)).hasSize(1);
  }

  private final class One implements Participants, Participants.Held, Participant {
    private final Registration registration =
        Registration.of(
            (CapabilityPlugin)
                registrar -> {
                  registrar.describe("A table of rules");
                  registrar.step(
                      StepSpec.required("rules", dev.banger.api.Phase.HOST),
                      Word.class,
                      new Step());
                });
    private final Gate gate = new Gate("nat", HookExtensionsTest.class.getClassLoader());

    @Override
    public Held hold() {
      return this;
    }

    @Override
    public List<Participant> active() {
      return isThere ? List.of(this) : List.of();
    }

    @Override
    public Optional<Participant> keeperOf(String pluginId, String digest) {
      return active().stream().findFirst();
    }

    @Override
    public void close() {}

    @Override
    public String id() {
      return "nat";
    }

    @Override
    public String version() {
      return "1.0.0";
    }

    @Override
    public String digest() {
      return "";
    }

    @Override
    public Registration registration() {
      return registration;
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public PluginContext context(Lease lease) {
      return new NoContext();
    }
  }

  private static final class NoContext implements PluginContext {
    @Override
    public String pluginId() {
      return "nat";
    }

    @Override
    public Path dataDir() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <C extends Record> C config(Class<C> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PluginStore store() {
      throw new UnsupportedOperationException();
    }

    @Override
    public CapabilityHost host() {
      throw new UnsupportedOperationException();
    }

    @Override
    public System.Logger log() {
      return System.getLogger("test");
    }
  }
}
