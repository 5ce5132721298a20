package dev.banger.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An ssh-agent of the test's own. */
record SshAgent(Process process, Path socket) implements AutoCloseable {
  static SshAgent start(Path socket) throws Exception {
    Process process =
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    HostCommand.until("ssh-agent listens", () -> Files.exists(socket));
    return new SshAgent(process, socket);
  }

  /** Makes a key that only the agent keeps; the file with its public half. */
  Path makeKey(Path file) throws Exception {
    HostCommand.run(
            file.getParent(),
            "",
            List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString()))
        .ok();
    HostCommand.run(
            file.getParent(),
            "",
            List.of("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", file.toString()))
        .ok();
    Files.delete(file);
    return file.resolveSibling(file.getFileName() + ".pub");
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      // The test's folder is deleted as a whole.
    }
  }
}
