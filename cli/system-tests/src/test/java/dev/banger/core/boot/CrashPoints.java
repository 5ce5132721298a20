package dev.banger.core.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Counts the points that a daemon passes while the file {@code armed} is there, writes their names
 * to the file {@code points}, and ends the process at a chosen one as a SIGKILL would: no hook, no
 * finally, no flush.
 */
final class CrashPoints {
  private final Path armed;
  private final Path names;
  private final int fatal;
  private final Pattern which;
  private final AtomicInteger passed = new AtomicInteger();

  /**
   * @param which of the points count
   */
  CrashPoints(Path dir, int fatal, Pattern which) {
    this.which = which;
    this.armed = dir.resolve("armed");
    this.names = dir.resolve("points");
    this.fatal = fatal;
  }

  void pass(String name) {
    if (!which.matcher(name).matches() || !Files.exists(armed)) {
      return;
    }
    int number = passed.incrementAndGet();
    try {
      Files.writeString(
          names, number + " " + name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (number == fatal) {
      Runtime.getRuntime().halt(137);
    }
  }

  /** The same object, with a point before each call of the named methods. */
  <T> T before(Class<T> type, T real, String what, Set<String> methods) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (methods.contains(method.getName())) {
                pass(what + " " + method.getName());
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
