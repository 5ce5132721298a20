package dev.banger.plugin.identity;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Runs scripts for guests with a real shell, in the directory that stands for the guest's root. */
final class GuestShell implements BiFunction<VmView, GuestCommand, GuestResult> {
  private final Function<VmView, Path> root;
  private final List<List<String>> commands = new ArrayList<>();
  private final List<String> shell;

  /**
   * @param root where the files of a guest are
   */
  GuestShell(Function<VmView, Path> root) {
    this.root = root;
    // What small guests have; where there is none, what this host has.
    this.shell =
        Files.isExecutable(Path.of("/bin/busybox"))
            ? List.of("/bin/busybox", "sh")
            : List.of("/bin/sh");
  }

  /** What was run so far, without the script. */
  List<List<String>> commands() {
    return List.copyOf(commands);
  }

  @Override
  public GuestResult apply(VmView vm, GuestCommand command) {
    synchronized (commands) {
      commands.add(command.argv().subList(3, command.argv().size()));
    }
    Path guest = root.apply(vm);
    List<String> argv = new ArrayList<>(shell);
    for (String argument : command.argv().subList(1, command.argv().size())) {
      argv.add(argument.startsWith("/") ? guest + argument : argument);
    }
    try {
      Files.createDirectories(guest.resolve("root"));
      return run(argv, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static GuestResult run(List<String> argv, GuestCommand command)
      throws IOException, InterruptedException {
    Path complaints = Files.createTempFile("guest", ".err");
    Process process =
        new ProcessBuilder(argv)
            .redirectError(complaints.toFile())
            .directory(Path.of("/").toFile())
            .start();
    boolean refused = false;
    try {
      Thread feeding =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (OutputStream in = process.getOutputStream()) {
                      if (command.stdin().isPresent()) {
                        command.stdin().get().transferTo(in);
                      }
                    } catch (IOException e) {
                      // It did not want it.
                    }
                  });
      byte[] kept = {};
      try (InputStream out = process.getInputStream()) {
        if (command.stdout().isPresent()) {
          out.transferTo(command.stdout().get());
        } else {
          kept = out.readAllBytes();
        }
      } catch (IOException e) {
        refused = true;
      }
      if (!process.waitFor(command.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("the guest's command does not end");
      }
      feeding.join();
      return new GuestResult(
          refused ? 141 : process.exitValue(),
          new String(kept, StandardCharsets.UTF_8),
          Files.readString(complaints),
          false);
    } finally {
      process.destroyForcibly();
      Files.delete(complaints);
    }
  }
}
