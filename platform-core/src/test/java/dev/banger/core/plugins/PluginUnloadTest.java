package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.BangerException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
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
