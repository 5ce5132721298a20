package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transfer that is cancelled half way, as by Ctrl-C or by disabling the plugin. */
class CancelTest {
  @TempDir Path temp;
  private Workbench bench;

  /** Where the guest is held up: a word of a command. */
  private volatile String hold = "";

  /** Whether the guest still does as it is told once the transfer is cancelled. */
  private volatile boolean isReached = true;

  private final CountDownLatch held = new CountDownLatch(1);

  @BeforeEach
  void aVm() throws Exception {
    bench = new Workbench(temp).lying(this::holdUp);
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws Exception {
    bench.requireNothingLeft();
    assertThat(leftInGuest()).isEmpty();
  }

  private GuestResult holdUp(GuestCommand command) {
    List<String> argv = command.argv();
    if (!hold.isEmpty() && argv.toString().contains(hold)) {
      if (hold.equals("pack-objects")) {
        // As far as the script has come by then.
        inGuest(argv.getLast()).toFile().mkdirs();
      }
      held.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw CancelTest.<RuntimeException>sneaky(e);
      }
    }
    if (!isReached && argv.contains("rm")) {
      throw new CapabilityException(FailureKind.ILLEGAL_STATE, "the call is over");
    }
    return null;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E sneaky(Throwable e) throws E {
    throw (E) e;
  }

  private Path inGuest(String path) {
    return bench.host.guestRoot(Workbench.WEB).resolve(path.substring(1));
  }

  private List<String> leftInGuest() throws Exception {
    Path home = inGuest("/root");
    if (!Files.exists(home)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(home)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(".banger-"))
          .toList();
    }
  }

  /** Begins it, cancels it once the guest holds it up, and hands back what came of it. */
  private Throwable cancelled(String where, Callable<?> transfer) throws Exception {
    hold = where;
    AtomicReference<Throwable> outcome = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    transfer.call();
                  } catch (Throwable e) {
                    outcome.set(e);
                  }
                });
    held.await();
    hold = "";
    thread.interrupt();
    thread.join();
    return outcome.get();
  }

  @ParameterizedTest(name = "guest is reached: {0}")
  @ValueSource(booleans = {true, false})
  void a_cancelled_import_leaves_no_trace_and_can_be_begun_again(boolean reached) throws Exception {
    isReached = reached;

    assertThat(cancelled("move", () -> bench.prepare())).isInstanceOf(InterruptedException.class);

    assertThat(bench.guest().root()).doesNotExist();
    assertThat(leftInGuest()).hasSize(reached ? 0 : 1);
    assertThat(Imports.of(bench.context, Workbench.WEB)).isEmpty();
    isReached = true;
    bench.prepare();
    assertThat(bench.guest().read("README")).isEqualTo("one\n");
  }

  @ParameterizedTest(name = "guest is reached: {0}")
  @ValueSource(booleans = {true, false})
  void a_cancelled_export_leaves_no_trace_and_can_be_begun_again(boolean reached) throws Exception {
    bench.prepare();
    bench.guest().write("README", "two\n");
    String before = bench.stateOfSource();
    isReached = reached;

    assertThat(cancelled("pack-objects", () -> bench.export("as", "branch")))
        .isInstanceOf(InterruptedException.class);

    assertThat(leftInGuest()).hasSize(reached ? 0 : 1);
    assertThat(bench.stateOfSource()).isEqualTo(before);
    bench.requireNothingLeft();
    isReached = true;
    bench.export("as", "branch");
    assertThat(bench.source.git("show", "banger/web:README")).isEqualTo("two");
  }

  @Test
  void what_a_cancelled_export_left_in_a_guest_is_swept() throws Exception {
    bench.prepare();
    isReached = false;
    cancelled("pack-objects", () -> bench.export());
    isReached = true;

    assertThat(Stagings.sweep(bench.context)).containsExactly("half-done transfer in VM web");

    assertThat(leftInGuest()).isEmpty();
    assertThat(Stagings.sweep(bench.context)).isEmpty();
  }
}
