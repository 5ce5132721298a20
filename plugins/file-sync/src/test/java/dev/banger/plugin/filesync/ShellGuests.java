package dev.banger.plugin.filesync;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs what the plugin runs in a guest on a directory instead, with the BusyBox of this machine:
 * the scripts themselves are under test.
 */
final class ShellGuests {
  private ShellGuests() {}

  /**
   * @param root stands for the guest's {@code /}
   */
  static GuestResult run(Path root, GuestCommand command) {
    try {
      Files.createDirectories(root.resolve("root"));
      String owner =
          "%s:%s"
              .formatted(
                  Files.getAttribute(root, "unix:uid"), Files.getAttribute(root, "unix:gid"));
      List<String> argv = new ArrayList<>();
      for (String word : command.argv()) {
        argv.add(
            switch (word) {
              case Scripts.BUSYBOX -> busybox();
              case Scripts.ROOT -> root.toRealPath().resolve("root").toString();
              case Scripts.OWNER -> owner;
              default -> word;
            });
      }
      Path errors = Files.createTempFile("guest", ".err");
      try {
        return run(new ProcessBuilder(argv).redirectError(errors.toFile()), command, owner, errors);
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static GuestResult run(
      ProcessBuilder builder, GuestCommand command, String owner, Path errors)
      throws IOException, InterruptedException {
    Process process = builder.start();
    Thread feeder =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (OutputStream in = process.getOutputStream()) {
                    command.stdin().orElse(InputStream.nullInputStream()).transferTo(in);
                  } catch (IOException e) {
                    // It does not want all of it.
                  }
                });
    byte[] out = process.getInputStream().readAllBytes();
    int code = process.waitFor();
    feeder.join();
    if (command.stdout().isPresent()) {
      // Here everything belongs to who runs the tests; in a guest that is root.
      String said = new String(out, java.nio.charset.StandardCharsets.ISO_8859_1);
      command
          .stdout()
          .get()
          .write(
              said.replace(" " + owner + " ", " " + Scripts.OWNER + " ")
                  .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    return new GuestResult(
        code,
        command.stdout().isPresent() ? "" : new String(out, UTF_8),
        Files.readString(errors),
        false);
  }

  private static String busybox() {
    for (String dir : List.of("/usr/bin", "/bin", "/usr/local/bin")) {
      if (Files.isExecutable(Path.of(dir, "busybox"))) {
        return dir + "/busybox";
      }
    }
    throw new IllegalStateException("busybox is not installed, and guests have it");
  }
}
