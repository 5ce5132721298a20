package dev.banger.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The walls between the packages of the core, one line each; docs/architecture.md draws them. */
class ArchitectureTest {
  private static final String CORE = "dev.banger.core.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.banger.core");

  @TestFactory
  Stream<DynamicTest> walls() {
    return Stream.of(
            // who, and which other packages of the core it may know
            knows("model"),
            knows("lifecycle", "model", "config"),
            knows("config", "model"),
            knows("host", "model"),
            knows("store", "model", "lifecycle", "host"),
            knows("disk", "model", "lifecycle", "host", "config"),
            knows("image", "model", "lifecycle", "host", "config", "disk"),
            knows("net", "model", "lifecycle", "host", "config"),
            knows("vmm", "model", "lifecycle", "host", "config"),
            knows("guest", "model", "lifecycle", "host"),
            knows("stats", "model", "lifecycle", "host"),
            knows("doctor", "model", "lifecycle", "host", "config", "disk", "image"),

            // who, and which libraries it may use besides the JDK
            uses("model"),
            uses("lifecycle", "jakarta.inject..", "org.slf4j.."),
            uses(
                "store",
                "dev.banger.hooks..",
                "dev.banger.api..",
                "dev.banger.client..",
                "com.fasterxml.jackson.core..",
                "org.sqlite..",
                "jakarta.inject..",
                "org.slf4j.."),

            // what, and who alone may use it
            only("processes", "java.lang.ProcessBuilder", "host"),
            only("processes by id", "java.lang.ProcessHandle", "host"),
            only("foreign functions", "java.lang.foreign.*", "host"),
            only("SQL", "java.sql.*", "store"),
            only("SQLite", "org.sqlite.*", "store"),
            only("TOML", "org.tomlj.*", "config"),
            // It looks for the mount point, and inside a plain chroot there is none.
            only("file stores", "java.nio.file.FileStore"),
            only("Guice", "com.google.inject.*", "boot", "plugins"),
            only("PF4J", "org.pf4j.*", "plugins"),
            only("hooks", "dev.banger.hooks.*", "boot", "plugins", "store"),
            only("the plugin API", "dev.banger.api.*", "boot", "plugins", "store"),

            // and
            new Wall(
                "only main prints",
                noClasses()
                    .that(resideOutsideOfPackages(CORE + "boot.."))
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err")),
            new Wall(
                "only ages of files and of old answers are told by the clock of the wall",
                noClasses()
                    .that()
                    .doNotHaveFullyQualifiedName(CORE + "doctor.Preflight")
                    .and()
                    .doNotHaveFullyQualifiedName(CORE + "image.KernelPackages")
                    .and()
                    .doNotHaveFullyQualifiedName(CORE + "image.KernelEntries")
                    .and()
                    .doNotHaveFullyQualifiedName(CORE + "store.DatabaseFile")
                    .and()
                    .haveNameNotMatching(".*\\.Probe(Cache|Guest)")
                    .should()
                    .callMethod(System.class, "currentTimeMillis")
                    .orShould()
                    .callMethod(Duration.class, "between", Temporal.class, Temporal.class)
                    .orShould()
                    .callMethod(Instant.class, "isBefore", Instant.class)
                    .orShould()
                    .callMethod(Instant.class, "isAfter", Instant.class)),
            new Wall(
                "nobody knows the command line or a plugin",
                noClasses()
                    .should()
                    .dependOnClassesThat(
                        resideInAnyPackage(
                            "dev.banger.cli..", "dev.banger.plugin..", "picocli.."))),
            new Wall(
                "no package depends on itself through others",
                slices().matching(CORE + "(*)..").should().beFreeOfCycles()))
        .map(Wall::asTest);
  }

  /** Rules over no classes always hold; so there must be some. */
  @Test
  void theClassesOfTheCoreAreSeen() {
    assertThat(CLASSES.stream().map(JavaClass::getPackageName))
        .contains(CORE + "model", CORE + "lifecycle", CORE + "host", CORE + "store");
    assertThat(CLASSES.get(CORE + "model.VmSpec").getDirectDependenciesFromSelf()).isNotEmpty();
  }

  @Test
  void aBreachIsSeen() {
    assertThatThrownBy(() -> knows("store", "model").rule.check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("dev.banger.core.lifecycle.VmStore");
    assertThatThrownBy(() -> only("SQL", "java.sql.*", "doctor").rule.check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("java.sql.Connection");
  }

  private record Wall(String name, ArchRule rule) {
    DynamicTest asTest() {
      // Some packages come later; their walls are up already.
      return dynamicTest(name, () -> rule.allowEmptyShould(true).check(CLASSES));
    }
  }

  private static Wall knows(String who, String... others) {
    String[] allowed =
        Stream.concat(Stream.of(who), Arrays.stream(others))
            .map(each -> CORE + each + "..")
            .toArray(String[]::new);
    return new Wall(
        who + " knows only " + String.join(", ", others),
        noClasses()
            .that(resideInAnyPackage(CORE + who + ".."))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("dev.banger.core..").and(resideOutsideOfPackages(allowed))));
  }

  private static Wall uses(String who, String... libraries) {
    String[] allowed =
        Stream.concat(Stream.of("java..", "javax..", "dev.banger.core.."), Arrays.stream(libraries))
            .toArray(String[]::new);
    return new Wall(
        who + " uses only the JDK " + String.join(", ", libraries),
        classes()
            .that(resideInAnyPackage(CORE + who + ".."))
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(allowed)));
  }

  /**
   * @param types a class with its nested ones, or a package and those below it when it ends in
   *     {@code .*}
   */
  private static Wall only(String what, String types, String... who) {
    String[] inside = Arrays.stream(who).map(each -> CORE + each + "..").toArray(String[]::new);
    String pattern =
        types.endsWith(".*")
            ? types.substring(0, types.length() - 2).replace(".", "\\.") + "\\..*"
            : types.replace(".", "\\.") + "(\\$.*)?";
    return new Wall(
        what + " only in " + String.join(", ", who),
        noClasses()
            .that(resideOutsideOfPackages(inside))
            .should()
            .dependOnClassesThat()
            .haveNameMatching(pattern));
  }
}
