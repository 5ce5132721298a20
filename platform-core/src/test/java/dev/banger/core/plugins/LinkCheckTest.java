package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkCheckTest {
  @TempDir Path temp;

  /** What an API might look like that a plugin was compiled against. */
  private static final Map<String, String> OTHER_API =
      Map.of(
          "dev/banger/api/CapabilityHost.java",
          "package dev.banger.api; public interface CapabilityHost { void teleport(String vm); "
              + "default boolean isAlive(VmView vm) { return true; } }",
          "dev/banger/api/VmView.java",
          "package dev.banger.api; public interface VmView { String name(); }",
          "dev/banger/api/Wormhole.java",
          "package dev.banger.api; public interface Wormhole { void open(); }",
          "dev/banger/api/StepPolicy.java",
          "package dev.banger.api; public enum StepPolicy { REQUIRED, HOPEFUL }",
          "dev/banger/api/build/Registration.java",
          "package dev.banger.api.build; public class Registration { public static int count; }",
          "com/google/inject/Injector.java",
          "package com.google.inject; public interface Injector { void x(); }",
          "org/optional/Library.java",
          "package org.optional; public class Library { public static void use() {} }");

  private List<String> problems(String body, String... bundled) throws Exception {
    PluginFixture fixture = new PluginFixture(temp.resolve("work"));
    Map<String, String> sources = new HashMap<>(OTHER_API);
    sources.put(
        "mine/Mine.java",
        """
        package mine;
        import dev.banger.api.*;
        public class Mine {
          abstract static class Sub implements CapabilityHost {}
          void use(CapabilityHost host, VmView vm, Sub sub) throws Exception { %s }
        }
        """
            .formatted(body));
    Path classes = fixture.compile(sources);
    for (String source : OTHER_API.keySet()) {
      String name = source.replace(".java", ".class");
      if (!List.of(bundled).contains(name)) {
        Files.delete(classes.resolve(name));
      }
    }
    Path dir = temp.resolve("plugin");
    PluginFixture.jar(classes, Files.createDirectories(dir.resolve("lib")).resolve("mine.jar"));
    return LinkCheck.of(dir).problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host.teleport("web");           | mine.Mine needs dev.banger.api.CapabilityHost.teleport(Ljava/lang/String;), which this plugin-api does not have
          sub.teleport("web");            | mine.Mine needs mine.Mine$Sub.teleport(Ljava/lang/String;), which this plugin-api does not have
          Object o = Wormhole.class;      | mine.Mine needs dev.banger.api.Wormhole, which this plugin-api does not have
          Wormhole[] o = new Wormhole[1]; | mine.Mine needs dev.banger.api.Wormhole, which this plugin-api does not have
          Object o = StepPolicy.HOPEFUL;  | mine.Mine needs dev.banger.api.StepPolicy.HOPEFUL, which this plugin-api does not have
          Object o = dev.banger.api.build.Registration.class; | mine.Mine refers to dev.banger.api.build.Registration, which is the daemon's own
          Object o = com.google.inject.Injector.class; | mine.Mine refers to com.google.inject.Injector, which is the daemon's own
          """)
  void what_the_api_does_not_have_is_told(String body, String problem) throws Exception {
    assertThat(problems(body)).containsExactly(problem);
  }

  @Test
  void what_is_there_inherited_or_brought_along_is_fine() throws Exception {
    assertThat(
            problems(
                "vm.name(); host.isAlive(vm); sub.isAlive(vm); host.hashCode(); sub.toString();"
                    + " Object o = StepPolicy.REQUIRED; org.optional.Library.use();"
                    + " Object i = com.google.inject.Injector.class;",
                "com/google/inject/Injector.class"))
        .isEmpty();
  }

  @Test
  void a_copy_of_the_api_is_refused() throws Exception {
    assertThat(problems("", "dev/banger/api/VmView.class"))
        .containsExactly("lib/mine.jar brings its own copy of dev.banger.api.VmView");
  }

  @Test
  void a_class_of_a_later_java_is_refused_and_garbage_too() throws Exception {
    PluginFixture fixture = new PluginFixture(temp.resolve("work"));
    Path classes = fixture.compile(Map.of("mine/Mine.java", "package mine; public class Mine {}"));
    Path file = classes.resolve("mine/Mine.class");
    byte[] code = Files.readAllBytes(file);
    code[7] = 70;
    Files.write(file, code);
    Path dir = temp.resolve("plugin");
    Path jar = Files.createDirectories(dir.resolve("lib")).resolve("mine.jar");
    PluginFixture.jar(classes, jar);
    assertThat(LinkCheck.of(dir).problems())
        .containsExactly("mine.Mine is compiled for Java 26, and this is Java 25");

    Files.writeString(file, "no class at all, and long enough");
    PluginFixture.jar(classes, jar);
    assertThat(LinkCheck.of(dir).problems()).singleElement().asString().contains("mine");

    Files.writeString(jar, "no jar");
    assertThat(LinkCheck.of(dir).problems())
        .singleElement()
        .asString()
        .startsWith("lib/mine.jar cannot be read");
  }
}
