package dev.banger.plugin.workspace;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Guests whose commands really run, on directories of the host. */
final class Guests {
  private Guests() {}

  /** Runs a guest's command on the host, with the guest's paths turned into the host's. */
  static GuestResult run(FakeCapabilityHost host, FakeVm vm, GuestCommand command) {
    List<String> argv =
        command.argv().stream()
            .map(
                word ->
                    word.startsWith("/root")
                        ? host.guestRoot(vm) + word
                        : word.replace("=/root", "=" + host.guestRoot(vm) + "/root"))
            .toList();
    try {
      Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
      Optional<IOException> broken = feed(command, process);
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (broken.isPresent()) {
        throw new IllegalStateException(broken.get());
      }
      return new GuestResult(code, "", said, false);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Fails as a host does: only what breaks on the side of the stream counts. */
  private static Optional<IOException> feed(GuestCommand command, Process process) {
    try (OutputStream out = process.getOutputStream()) {
      InputStream in = command.stdin().orElse(InputStream.nullInputStream());
      byte[] buffer = new byte[8192];
      while (true) {
        int count;
        try {
          count = in.read(buffer);
        } catch (IOException e) {
          process.destroy();
          return Optional.of(e);
        }
        if (count < 0) {
          return Optional.empty();
        }
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
