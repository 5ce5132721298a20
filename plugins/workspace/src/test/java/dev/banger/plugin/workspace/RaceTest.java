package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolResult;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while they are copied, here and there. */
class RaceTest {
  @TempDir Path temp;
  private Workbench bench;

  @BeforeEach
  void aRepository() throws Exception {
    bench = new Workbench(temp);
  }

  @AfterEach
  void nothing_of_a_transfer_is_left() throws Exception {
    bench.requireNothingLeft();
  }

  /** Does something on the host when git is run so, after it. */
  private void after(String word, Runnable action) throws Exception {
    FakeCapabilityHost real =
        new FakeCapabilityHost(
            Registration.of(new WorkspacePlugin()).permissions(),
            Files.createDirectory(temp.resolve("no-guests")));
    bench.host.tool(
        "git",
        call -> {
          try {
            ToolResult result = real.run(call);
            if (call.argv().contains(word)) {
              action.run();
            }
            return result;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private void write(String name, String text) {
    try {
      bench.source.write(name, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_file_that_changes_while_it_is_copied_is_told_and_does_no_harm_on_the_way_back()
      throws Exception {
    bench.source.write("README", "changed\n").write("other", "fresh\n").write("third", "3\n");
    after("write-tree", () -> write("README", "changed again\n"));

    Map<?, ?> result = bench.prepare("include-uncommitted", "true");

    assertThat(result.get("remarks").toString()).contains("changed while it was copied: README");
    assertThat(bench.guest().read("README")).isEqualTo("changed again\n");
    bench.guest().write("other", "by the guest\n");
    bench.export("as", "files");
    assertThat(bench.source.read("README")).isEqualTo("changed again\n");
    assertThat(bench.source.read("other")).isEqualTo("by the guest\n");
  }

  @Test
  void a_file_that_goes_while_it_is_copied_is_told() throws Exception {
    bench.source.write("fresh", "fresh\n");
    after("write-tree", () -> bench.source.root().resolve("fresh").toFile().delete());

    Map<?, ?> result = bench.prepare("include-uncommitted", "true");

    assertThat(result.get("remarks").toString()).contains("gone while it was copied: fresh");
    assertThat(bench.guest().read("README")).isEqualTo("one\n");
  }

  @Test
  void a_guest_that_writes_while_it_is_exported_gives_a_sound_branch_or_a_clear_refusal()
      throws Exception {
    bench.prepare();
    Repository guest = bench.guest();
    guest.sh("head -c 3000000 /dev/urandom >big");
    AtomicBoolean over = new AtomicBoolean();
    CountDownLatch wrote = new CountDownLatch(3);
    Thread writer = Thread.ofPlatform().start(() -> scribble(guest, over, wrote));
    try {
      for (int i = 0; i < 4; i++) {
        wrote.await();
        try {
          bench.export("as", "branch");
        } catch (CapabilityException e) {
          assertThat(e.kind()).isEqualTo(FailureKind.GUEST);
        }
        assertThat(bench.source.git("fsck", "--strict")).doesNotContain("error", "missing");
      }
    } finally {
      over.set(true);
      writer.join();
    }

    bench.export("as", "branch");
    assertThat(bench.source.git("rev-parse", "banger/web^{tree}"))
        .isEqualTo(guest.sh("git add -A && git write-tree"));
  }

  private static void scribble(Repository guest, AtomicBoolean over, CountDownLatch wrote) {
    try {
      for (int i = 0; !over.get(); i++) {
        guest.write("README", i + " times\n").write("lib/new-" + i % 7, "x".repeat(i % 4096));
        Files.deleteIfExists(guest.root().resolve("lib/new-" + (i + 3) % 7));
        guest.write("big", "y".repeat(100_000 + i % 1000 * 100));
        wrote.countDown();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void without_room_on_the_host_nothing_is_begun() {
    assertThatThrownBy(() -> History.requireRoom(temp, 1L << 60))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContainingAll("packing the history takes", temp.toString(), "are free")
        .satisfies(e -> assertThat(((CapabilityException) e).kind()).isEqualTo(FailureKind.HOST));
  }
}
