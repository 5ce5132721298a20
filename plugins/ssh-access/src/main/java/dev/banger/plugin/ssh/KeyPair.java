package dev.banger.plugin.ssh;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * A key pair on disk: {@code <file>} 0600 and {@code <file>.pub}. Those that banger makes are
 * ed25519.
 *
 * @param file the private key
 */
record KeyPair(Path file) {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /**
   * The pair under {@code file}; made if there is none. The caller holds a lock for it.
   *
   * @param comment no secret: it is in the public key and on a command line
   */
  static KeyPair ensure(CapabilityHost host, Path file, String comment)
      throws IOException, InterruptedException {
    KeyPair pair = new KeyPair(file);
    if (Files.isRegularFile(file) && Files.isRegularFile(pair.publicFile())) {
      return pair;
    }
    // Made beside its place and moved there, public half first: a crash in between leaves no
    // private key without its public one, and a half-made pair is made anew.
    Path staging = file.resolveSibling(file.getFileName() + ".new");
    KeyPair fresh = new KeyPair(staging);
    Files.deleteIfExists(staging);
    Files.deleteIfExists(fresh.publicFile());
    try {
      ToolResult made =
          host.run(
              ToolCall.of(
                  LIMIT,
                  "ssh-keygen",
                  "-q",
                  "-t",
                  "ed25519",
                  "-N",
                  "",
                  "-C",
                  comment,
                  "-f",
                  staging.toString()));
      if (!made.ok()) {
        throw new CapabilityException(
            FailureKind.HOST,
            "ssh-keygen failed with exit code %d: %s"
                .formatted(made.exitCode(), made.stderr().strip()));
      }
      Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh.publicFile(), pair.publicFile(), StandardCopyOption.ATOMIC_MOVE);
      Files.move(staging, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(staging);
      Files.deleteIfExists(fresh.publicFile());
    }
    return pair;
  }

  Path publicFile() {
    return file.resolveSibling(file.getFileName() + ".pub");
  }

  byte[] privateBytes() throws IOException {
    return Files.readAllBytes(file);
  }

  /** One line without a line feed. */
  String publicLine() throws IOException {
    return PublicKey.read(
        publicFile(), "write it anew: ssh-keygen -y -f %s > %s".formatted(file, publicFile()));
  }
}
