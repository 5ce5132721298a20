package dev.banger.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SurfaceTest {
  private static List<Class<?>> exported() throws IOException, URISyntaxException {
    Path classes =
        Path.of(CapabilityPlugin.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes.resolve("dev/banger/api"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.startsWith("package-info")) {
          Class<?> type = classOf("dev.banger.api." + name.substring(0, name.length() - 6));
          if (Modifier.isPublic(type.getModifiers())) {
            found.add(type);
          }
        }
      }
    }
    return found;
  }

  private static Class<?> classOf(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void signatures_know_the_jdk_and_nothing_else() throws Exception {
    List<String> foreign = new ArrayList<>();
    for (Class<?> type : exported()) {
      List<Class<?>> used = new ArrayList<>(List.of(type.getInterfaces()));
      List<Executable> members = new ArrayList<>(List.of(type.getDeclaredMethods()));
      members.addAll(List.of(type.getDeclaredConstructors()));
      for (Executable member : members) {
        if (Modifier.isPublic(member.getModifiers())) {
          used.addAll(List.of(member.getParameterTypes()));
          used.addAll(List.of(member.getExceptionTypes()));
          if (member instanceof Method method) {
            used.add(method.getReturnType());
          }
        }
      }
      for (Class<?> part : used) {
        Class<?> bare = part.isArray() ? part.getComponentType() : part;
        if (!bare.isPrimitive()
            && !bare.getName().startsWith("java.")
            && !bare.getPackageName().equals("dev.banger.api")
            && !bare.getName().equals("org.pf4j.ExtensionPoint")) {
          foreign.add(type.getSimpleName() + " uses " + bare.getName());
        }
      }
    }
    assertThat(exported()).hasSizeGreaterThan(20);
    assertThat(foreign).isEmpty();
  }

  @Test
  void what_plugins_implement_can_grow() {
    for (Class<?> type : List.of(CapabilityPlugin.class)) {
      assertThat(type.getDeclaredMethods())
          .filteredOn(method -> !method.isDefault())
          .extracting(Method::getName)
          .containsExactly("register");
    }
  }
}
