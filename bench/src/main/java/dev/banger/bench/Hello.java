package dev.banger.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The least that a Java program can be: the baseline of everything that starts one. With an
 * argument it stays until its input ends, so that its memory can be looked at.
 */
public final class Hello {
  private Hello() {}

  public static void main(String[] args) throws IOException {
    System.out.println("hello");
    if (args.length > 0) {
      var _ = System.in.read();
    }
  }

  /** On the runtime of the distribution, with that runtime's default archive of classes. */
  static Pairs.Timed on(Programs programs, Path dist) {
    return programs.timed(command(dist).toArray(new String[0]));
  }

  static List<String> command(Path dist) {
    return List.of(
        dist.resolve("runtime/bin/java").toString(),
        "-cp",
        System.getProperty("java.class.path").split(":")[0],
        Hello.class.getName());
  }
}
