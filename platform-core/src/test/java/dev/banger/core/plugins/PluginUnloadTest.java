package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.BangerException;
import java.lang.management.ManagementFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginUnloadTest {
  @TempDir Path temp;

  @Test
  void a_closed_plugin_leaves_no_class_loader_behind() throws Exception {
    ReferenceQueue<ClassLoader> queue = new ReferenceQueue<>();
    try (RuntimeHarness harness = new RuntimeHarness(temp)) {
      harness.with(
          "good",
          PluginFixture.registering(
              """
              r.command(command("test good", 5000), call -> {
                call.context().log().log(System.Logger.Level.DEBUG, "called");
                throw new IllegalStateException("thrown by the plugin");
              });
              """));
      PhantomReference<ClassLoader> loader = useAndClose(harness, queue);

      // Collection cannot be commanded, only asked for; the bound is for a build that leaks.
      boolean collected = false;
      for (int i = 0; i < 100 && !collected; i++) {
        System.gc();
        collected = loader.equals(queue.remove(100));
      }
      assertThat(collected).as("collected").isTrue();
    }
  }

  @Test
  void fifty_times_in_and_out_leave_the_memory_for_classes_as_it_was() throws Exception {
    try (RuntimeHarness harness = new RuntimeHarness(temp)) {
      harness.with(
          "good",
          PluginFixture.registering(
              """
              r.events((event, context) -> {});
              r.sweep((exists, context) -> List.of());
              r.command(command("test good", 5000), call -> CommandResult.none());
              """));
      PluginRuntime runtime = harness.start();
      runtime.sweepAll(_ -> true);
      rounds(harness, runtime, 5);
      long before = classBytes(runtime);
      rounds(harness, runtime, 50);
      long after = classBytes(runtime);

      // One loader with its classes takes some 60 KiB here: 50 that stay would be 3 MiB.
      assertThat(after - before).isLessThan(1 << 20);
      assertThat(runtime.details("good").leaked()).isEmpty();
    }
  }

  private static void rounds(RuntimeHarness harness, PluginRuntime runtime, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      runtime.reload("good");
      assertThat(harness.call("good")).isEqualTo("{}");
    }
  }

  /** Used by classes once what is unloaded was collected, or will not be. */
  private static long classBytes(PluginRuntime runtime) throws InterruptedException {
    for (int i = 0; i < 50 && runtime.leaks().remaining() > 0; i++) {
      System.gc();
      Thread.sleep(20);
    }
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals("Metaspace"))
        .mapToLong(pool -> pool.getUsage().getUsed())
        .sum();
  }

  @Test
  void a_thread_that_a_plugin_leaves_behind_is_told() throws Exception {
    Path release = temp.resolve("release");
    try (RuntimeHarness harness = new RuntimeHarness(temp)) {
      harness.with(
          "leaky",
          PluginFixture.entry(
              """
              @Override public void register(Registrar r) { r.describe("for a test"); }
              @Override public void open(OpenContext context) {
                Thread thread = new Thread(() -> {
                  while (!Files.exists(Path.of("%s"))) {
                    java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                  }
                }, "left-behind");
                thread.setDaemon(true);
                thread.start();
              }
              """
                  .formatted(release)));
      PluginRuntime runtime = harness.start();
      runtime.disable("leaky");

      assertThat(runtime.details("leaky").leaked())
          .contains("leaky 1.2.3 was unloaded and left the thread left-behind", "restart");
      Files.createFile(release);
      Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> thread.getName().equals("left-behind"))
          .forEach(PluginUnloadTest::join);
      assertThat(runtime.details("leaky").leaked()).isEmpty();
    }
  }

  @Test
  void the_threads_of_the_next_version_are_not_taken_for_leaks_of_the_last() throws Exception {
    try (RuntimeHarness harness = new RuntimeHarness(temp)) {
      harness.with(
          "server",
          PluginFixture.entry(
              """
              @Override public void register(Registrar r) { r.describe("for a test"); }
              @Override public void open(OpenContext context) {
                context.background("loop", () -> {
                  while (true) { Thread.sleep(10_000); }
                });
              }
              """));
      PluginRuntime runtime = harness.start();

      runtime.reload("server");

      assertThat(runtime.details("server").leaked()).isEmpty();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PhantomReference<ClassLoader> useAndClose(
      RuntimeHarness harness, ReferenceQueue<ClassLoader> queue) throws Exception {
    PluginRuntime runtime = harness.start();
    String failure = "";
    try {
      harness.call("good");
    } catch (BangerException e) {
      failure = e.getMessage();
    }
    assertThat(failure).contains("thrown by the plugin");
    PhantomReference<ClassLoader> reference =
        new PhantomReference<>(runtime.loaders().get("good"), queue);
    runtime.close();
    assertThat(runtime.loaders()).isEqualTo(Map.of());
    return reference;
  }
}
