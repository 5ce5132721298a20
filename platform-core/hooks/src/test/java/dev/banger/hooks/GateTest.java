package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GateTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(20);

  private final Gate gate = new Gate("nat", GateTest.class.getClassLoader());
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    release.countDown();
  }

  /** Ignores every interrupt until it is released. */
  private Void hang() {
    while (release.getCount() > 0) {
      LockSupport.parkNanos(1_000_000);
      Thread.interrupted();
    }
    return null;
  }

  @Test
  void aCallRunsOnAThreadOfItsOwnWithThePluginsLoader() throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
      Thread seen =
          new Gate("nat", loader)
              .enter(
                  "open",
                  LONG,
                  _ -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
                    return Thread.currentThread();
                  });

      assertThat(seen).isNotSameAs(Thread.currentThread());
      assertThat(seen.getName()).isEqualTo("plugin-nat-open");
      assertThat(seen.isDaemon()).isTrue();
    }
  }

  @Test
  void aCallThatHangsIsInterruptedAndLosesItsLease() throws Exception {
    AtomicReference<Lease> lease = new AtomicReference<>();
    AtomicBoolean closed = new AtomicBoolean();
    Gate.Entry<Void> entry =
        gate.begin(
            "open",
            SHORT,
            Optional.empty(),
            given -> {
              lease.set(given);
              var _ = given.onRevoke(() -> closed.set(true));
              new CountDownLatch(1).await();
              return null;
            });

    assertThatThrownBy(entry::await)
        .isInstanceOf(CapabilityException.class)
        .hasMessage("plugin nat did not finish open within 20 ms")
        .satisfies(
            e -> assertThat(((CapabilityException) e).kind()).isEqualTo(FailureKind.TIMEOUT));
    assertThat(entry.timedOut()).isTrue();
    assertThat(entry.ended(LONG)).isTrue();
    assertThat(entry.late()).isEmpty();
    assertThat(gate.runaways()).as("it heeded the interrupt").isZero();
    assertThat(closed).isTrue();
    assertThatThrownBy(() -> lease.get().check()).hasMessageContaining("is over");
  }

  @Test
  void aTimeoutThatThePluginTellsItselfIsNoneOfOurs() {
    Gate.Entry<Void> entry =
        gate.begin(
            "open",
            LONG,
            Optional.empty(),
            _ -> {
              throw new CapabilityException(FailureKind.TIMEOUT, "the guest is slow", "wait");
            });

    assertThatThrownBy(entry::await).hasMessage("the guest is slow");
    assertThat(entry.timedOut()).isFalse();
  }

  @Test
  void errorsAndExceptionsWithoutWordsComeOutAsDefects() {
    assertThatThrownBy(() -> gate.enter("open", LONG, _ -> throwIt(new StackOverflowError())))
        .isInstanceOf(CapabilityException.class)
        .hasMessage("plugin nat failed in open: StackOverflowError");
    assertThatThrownBy(() -> gate.enter("open", LONG, _ -> throwIt(new LinkageError("gone"))))
        .hasMessage("plugin nat failed in open: LinkageError: gone");
  }

  private static Void throwIt(Error error) {
    throw error;
  }

  /** Fails once more when it is asked why. */
  private static final class Hostile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("again");
    }
  }

  @Test
  void aFailureThatFailsWhenAskedWhyIsStillNamed() {
    assertThatThrownBy(
            () ->
                gate.enter(
                    "open",
                    LONG,
                    _ -> {
                      throw new Hostile();
                    }))
        .hasMessage("plugin nat failed in open: Hostile")
        .hasNoCause();
  }

  /** Hangs when it is asked why. */
  private final class Endless extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      hang();
      return "";
    }
  }

  @Test
  void aFailureThatHangsWhenAskedWhyMeetsTheDeadline() {
    assertThatThrownBy(
            () ->
                gate.enter(
                    "open",
                    SHORT,
                    _ -> {
                      throw new Endless();
                    }))
        .hasMessageContaining("did not finish open");
  }

  @Test
  void oneThatIgnoresTheInterruptIsARunawayUntilItEnds() throws Exception {
    Gate.Entry<Void> entry = gate.begin("open", SHORT, Optional.empty(), _ -> hang());

    assertThatThrownBy(entry::await).hasMessageContaining("did not finish");
    assertThat(gate.runaways()).isEqualTo(1);

    release.countDown();
    assertThat(entry.ended(LONG)).isTrue();
    assertThat(gate.runaways()).isZero();
  }

  @Test
  void aPluginWithTooManyRunawaysGetsNoMoreCallsUntilTheyEnd() throws Exception {
    List<Gate.Entry<Void>> stuck = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      stuck.add(gate.begin("open", SHORT, Optional.empty(), _ -> hang()));
    }
    stuck.forEach(Gate.Entry::cancel);

    assertThatThrownBy(() -> gate.enter("stop", LONG, _ -> true))
        .isInstanceOf(CapabilityException.class)
        .hasMessage(
            "plugin nat gets no more calls: 4 of them ran past their deadline and still run");

    release.countDown();
    for (Gate.Entry<Void> entry : stuck) {
      entry.ended(LONG);
    }
    boolean answered = gate.enter("stop", LONG, _ -> true);
    assertThat(answered).isTrue();
  }

  @Test
  void manyCallsAtOnceThatEndInTimeAreNoRunaways() throws Exception {
    List<Gate.Entry<Void>> entries = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      entries.add(gate.begin("open", LONG, Optional.empty(), _ -> hang()));
    }
    release.countDown();
    for (Gate.Entry<Void> entry : entries) {
      entry.await();
    }

    assertThat(gate.runaways()).isZero();
  }

  @Test
  void aCallerThatIsInterruptedInterruptsThePluginAndItsLeaseEnds() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    AtomicReference<Lease> lease = new AtomicReference<>();
    Gate.Entry<Void> entry =
        gate.begin(
            "open",
            LONG,
            Optional.empty(),
            given -> {
              lease.set(given);
              inside.countDown();
              new CountDownLatch(1).await();
              return null;
            });
    inside.await();
    Thread.currentThread().interrupt();

    assertThatThrownBy(entry::await).isInstanceOf(InterruptedException.class);
    assertThat(entry.ended(LONG)).isTrue();
    assertThatThrownBy(() -> lease.get().check()).isInstanceOf(CapabilityException.class);
  }

  @Test
  void aCallerThatIsInterruptedWhileItWaitsForATimedOutOneStillCountsIt() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Gate.Entry<Void> entry =
        gate.begin(
            "open",
            SHORT,
            Optional.empty(),
            _ -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return hang();
            });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    entry.await();
                  } catch (Throwable e) {
                    thrown.set(e);
                  }
                });
    interrupted.await();
    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(gate.runaways()).isEqualTo(1);
  }

  @Test
  void whatComesTooLateCanStillBeAskedFor() throws Exception {
    Gate.Entry<String> entry =
        gate.begin(
            "open",
            SHORT,
            Optional.empty(),
            _ -> {
              hang();
              return "late";
            });
    assertThatThrownBy(entry::await).hasMessageContaining("did not finish");
    assertThat(entry.late()).isEmpty();

    release.countDown();
    assertThat(entry.ended(LONG)).isTrue();
    assertThat(entry.late()).contains("late");
  }

  @Test
  void whatCannotBeClosedWithTheLeaseKeepsNothingElseOpenAndNoAnswerBack() throws Exception {
    AtomicBoolean closed = new AtomicBoolean();

    String answer =
        gate.enter(
            "open",
            LONG,
            lease -> {
              lease.onRevoke(
                  () -> {
                    throw new IllegalStateException("off");
                  });
              lease.onRevoke(() -> closed.set(true));
              return "answer";
            });

    assertThat(answer).isEqualTo("answer");
    assertThat(closed).isTrue();
  }

  @Test
  void onlyASlowCallIsToldOf() throws Exception {
    CountDownLatch told = new CountDownLatch(1);

    Gate.Entry<Boolean> slow =
        gate.begin(
            "open",
            LONG,
            Optional.empty(),
            _ -> {
              told.await();
              return true;
            });
    boolean done = slow.await(Duration.ofMillis(5), told::countDown);
    assertThat(done).isTrue();

    AtomicBoolean toldOfQuick = new AtomicBoolean();
    gate.begin("open", LONG, Optional.empty(), _ -> true).await(LONG, () -> toldOfQuick.set(true));
    assertThat(toldOfQuick).isFalse();
  }
}
