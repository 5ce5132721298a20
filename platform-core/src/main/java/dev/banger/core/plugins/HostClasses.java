package dev.banger.core.plugins;

import dev.banger.api.Incubating;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The daemon's classes, as far as the check of a plugin's references asks for them. */
final class HostClasses {
  private final ClassLoader loader = HostClasses.class.getClassLoader();
  private final Map<String, Boolean> mine = new HashMap<>();

  /** A class that plugins share with the daemon, or null when there is none of that name. */
  Class<?> shared(String name) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      return null;
    }
  }

  /** Whether the daemon has the class and plugins do not see it. */
  boolean isOwn(String internalName) {
    return mine.computeIfAbsent(
        internalName,
        name -> {
          String file = name + ".class";
          return name.startsWith("dev/banger/core/")
              || name.startsWith("dev/banger/hooks/")
              || name.startsWith("dev/banger/api/")
              || (loader.getResource(file) != null
                  && ClassLoader.getPlatformClassLoader().getResource(file) == null);
        });
  }

  /**
   * Whether a class has a member, of its own or inherited.
   *
   * @param descriptor of a method when it begins with a parenthesis, else of a field
   * @param incubating told the name of a member that is marked so
   */
  static boolean has(Class<?> type, String name, String descriptor, Consumer<String> incubating) {
    if (name.equals("<init>")) {
      for (Constructor<?> constructor : type.getDeclaredConstructors()) {
        if (descriptor(void.class, constructor.getParameterTypes()).equals(descriptor)) {
          return true;
        }
      }
      return false;
    }
    if (declares(type, name, descriptor, incubating)) {
      return true;
    }
    for (Class<?> above : type.getInterfaces()) {
      if (has(above, name, descriptor, incubating)) {
        return true;
      }
    }
    if (type.getSuperclass() != null) {
      return has(type.getSuperclass(), name, descriptor, incubating);
    }
    return type.isInterface() && declares(Object.class, name, descriptor, incubating);
  }

  private static boolean declares(
      Class<?> type, String name, String descriptor, Consumer<String> incubating) {
    if (!descriptor.startsWith("(")) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name) && field.getType().descriptorString().equals(descriptor)) {
          return true;
        }
      }
      return false;
    }
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(name)
          && descriptor(method.getReturnType(), method.getParameterTypes()).equals(descriptor)) {
        if (method.isAnnotationPresent(Incubating.class)) {
          incubating.accept(type.getSimpleName() + "." + name);
        }
        return true;
      }
    }
    return false;
  }

  private static String descriptor(Class<?> result, Class<?>[] parameters) {
    return MethodType.methodType(result, parameters).descriptorString();
  }
}
