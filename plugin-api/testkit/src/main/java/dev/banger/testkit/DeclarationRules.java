package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.ApiVersion;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.Manifest;
import dev.banger.api.build.Registration;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What is said once and for all. */
final class DeclarationRules {
  private DeclarationRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    rules.add(new Rule("its declarations are well-formed", () -> wellFormed(subject)));
    if (!subject.declares()) {
      return rules;
    }
    rules.add(new Rule("it adds something", () -> addsSomething(subject.registration())));
    rules.add(
        new Rule(
            "two instances declare the same",
            () ->
                assertThat(declared(subject, subject.plugin().instance()))
                    .isEqualTo(declared(subject, subject.plugin().instance()))));
    rules.add(new Rule("declaring touches nothing", () -> touchesNothing(subject)));
    rules.add(new Rule("the daemon can make its entry class", () -> canBeMade(subject)));
    subject
        .plugin()
        .manifest()
        .ifPresent(
            written ->
                rules.add(
                    new Rule(
                        "the manifest says what the code declares",
                        () ->
                            assertThat(written)
                                .isEqualTo(declared(subject, subject.plugin().instance())))));
    return rules;
  }

  private static void wellFormed(Subject subject) {
    assertThat(subject.refusal()).as("what register ended with").isEmpty();
  }

  private static void addsSomething(Registration declared) {
    boolean something =
        !declared.steps().isEmpty()
            || !declared.commands().isEmpty()
            || !declared.checks().isEmpty()
            || declared.validator().isPresent()
            || declared.contributor().isPresent()
            || declared.vmRemoved().isPresent()
            || declared.events().isPresent()
            || declared.sweeper().isPresent()
            || declared.watcher().isPresent();
    assertThat(something).as("whether anything but a description is declared").isTrue();
  }

  private static String declared(Subject subject, CapabilityPlugin plugin) {
    PluginUnderTest under = subject.plugin();
    Manifest.Identity identity =
        new Manifest.Identity(
            under.id(), under.version(), ApiVersion.range(), plugin.getClass().getName());
    return JsonText.pretty(Manifest.of(identity, Registration.of(plugin)));
  }

  private static void touchesNothing(Subject subject) throws IOException {
    CapabilityPlugin plugin = subject.plugin().instance();
    // Once before, so that loading classes does not count.
    Registration.of(subject.plugin().instance());
    Set<Thread> before = Threads.ofPrograms();
    FileWatch watch = new FileWatch(Path.of(""));
    Registration.of(plugin);
    Problems.none("register touches files", watch.changes());
    assertThat(Threads.since(before)).as("threads that register started").isEmpty();
  }

  private static void canBeMade(Subject subject) throws NoSuchMethodException {
    Class<?> entry = subject.plugin().instance().getClass();
    assertThat(Modifier.isPublic(entry.getModifiers())).as(entry + " is public").isTrue();
    assertThat(Modifier.isPublic(entry.getDeclaredConstructor().getModifiers()))
        .as("its constructor without arguments is public")
        .isTrue();
  }
}
