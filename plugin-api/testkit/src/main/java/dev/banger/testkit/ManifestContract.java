package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.ApiVersion;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.Manifest;
import dev.banger.api.build.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What holds for every plugin's declarations. Extend it and say which plugin; the manifest is
 * looked for where the build puts it, at the root of the class path.
 */
public abstract class ManifestContract {
  /** A fresh instance of the plugin under test. */
  protected abstract CapabilityPlugin plugin();

  /** Its id. */
  protected abstract String id();

  /** Its version. */
  protected abstract String version();

  @Test
  void the_manifest_says_what_the_code_declares() throws IOException {
    try (InputStream in = plugin().getClass().getResourceAsStream("/" + Manifest.FILE)) {
      assertThat(in).as("the build writes " + Manifest.FILE).isNotNull();
      String written = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(written).isEqualTo(declared());
    }
  }

  @Test
  void declaring_twice_says_the_same() {
    assertThat(declared()).isEqualTo(declared());
  }

  @Test
  void declaring_starts_no_thread() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    declared();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread) && thread.isAlive() && !ofTheJvm(thread))
        .isEmpty();
  }

  @Test
  void every_command_shows_how_it_is_typed() {
    for (Registration.Command command : Registration.of(plugin()).commands().values()) {
      assertThat(command.spec().examples())
          .as("examples of " + command.spec().path())
          .isNotEmpty()
          .allSatisfy(example -> assertThat(example).startsWith("banger " + command.spec().path()));
    }
  }

  @Test
  void the_entry_class_can_be_made_by_the_daemon() throws ReflectiveOperationException {
    assertThat(plugin().getClass().getConstructor().newInstance())
        .isInstanceOf(CapabilityPlugin.class);
  }

  private String declared() {
    CapabilityPlugin plugin = plugin();
    Manifest.Identity identity =
        new Manifest.Identity(id(), version(), ApiVersion.range(), plugin.getClass().getName());
    return JsonText.pretty(Manifest.of(identity, Registration.of(plugin)));
  }

  private static boolean ofTheJvm(Thread thread) {
    return thread.getThreadGroup() == null || "system".equals(thread.getThreadGroup().getName());
  }
}
