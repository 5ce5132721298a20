package dev.banger.plugin.ssh;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A key pair that the person has and configured, instead of one of banger's own. */
final class OwnKey {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private OwnKey() {}

  /**
   * The configured pair, if there is one.
   *
   * @throws CapabilityException of kind INVALID when ssh or a guest could not use it
   */
  static Optional<KeyPair> of(SshSettings settings) throws IOException {
    String configured = settings.key();
    if (configured.isEmpty()) {
      return Optional.empty();
    }
    Path file =
        configured.startsWith("~/")
            ? Path.of(System.getProperty("user.home"), configured.substring(2))
            : Path.of(configured);
    KeyPair pair = new KeyPair(file);
    check(pair);
    return Optional.of(pair);
  }

  private static void check(KeyPair pair) throws IOException {
    Path file = pair.file();
    if (!file.isAbsolute()) {
      throw invalid("ssh_key must be an absolute path, got " + file, "begin it with / or ~/");
    }
    if (!Files.isRegularFile(file)) {
      throw invalid(
          "ssh_key is %s, and there is no such file".formatted(file),
          "make it: ssh-keygen -t ed25519 -f %s; or leave ssh_key out".formatted(file));
    }
    if (!Files.isReadable(file)) {
      throw invalid(
          "ssh_key is %s, which you may not read".formatted(file), "check: ls -l " + file);
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    if (mode.stream().anyMatch(OTHERS::contains)) {
      throw invalid(
          "ssh_key is %s, which others may use too (%s); ssh refuses such a key"
              .formatted(file, PosixFilePermissions.toString(mode)),
          "chmod 600 " + file);
    }
    if (!Files.isRegularFile(pair.publicFile())) {
      throw invalid(
          "ssh_key is %s, and its public half %s is not there".formatted(file, pair.publicFile()),
          "write it: ssh-keygen -y -f %s > %s".formatted(file, pair.publicFile()));
    }
    pair.publicLine();
  }

  private static CapabilityException invalid(String sentence, String hint) {
    return new CapabilityException(FailureKind.INVALID, sentence, hint);
  }
}
