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

/**
 * A key that the person has and configured, instead of one of banger's own: a pair of files, or the
 * public half alone, when the private one is in an agent.
 */
final class OwnKey {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private static final String PUB = ".pub";

  private OwnKey() {}

  /**
   * The configured key, if there is one.
   *
   * @throws CapabilityException of kind INVALID when ssh or a guest could not use it
   */
  static Optional<UserKey> of(SshSettings settings) throws IOException {
    String configured = settings.key();
    if (configured.isEmpty()) {
      return Optional.empty();
    }
    Path file =
        configured.startsWith("~/")
            ? Path.of(System.getProperty("user.home"), configured.substring(2))
            : Path.of(configured);
    if (!file.isAbsolute()) {
      throw invalid("ssh_key must be an absolute path, got " + file, "begin it with / or ~/");
    }
    return Optional.of(key(file));
  }

  /** Both halves of a pair may be named; what is there decides. */
  private static UserKey key(Path named) throws IOException {
    String name = named.getFileName().toString();
    Path file =
        name.endsWith(PUB)
            ? named.resolveSibling(name.substring(0, name.length() - PUB.length()))
            : named;
    KeyPair pair = new KeyPair(file);
    if (Files.exists(file)) {
      check(pair);
      return new UserKey(file, pair.publicLine());
    }
    if (Files.isRegularFile(pair.publicFile())) {
      return new UserKey(
          pair.publicFile(),
          PublicKey.read(
              pair.publicFile(), "write it anew: ssh-add -L prints the keys of your agent"));
    }
    throw invalid(
        "ssh_key is %s, and there is no such file".formatted(named),
        "make it: ssh-keygen -t ed25519 -f %s; or leave ssh_key out".formatted(file));
  }

  private static void check(KeyPair pair) throws IOException {
    Path file = pair.file();
    if (!Files.isRegularFile(file)) {
      throw invalid("ssh_key is %s, which is not a file".formatted(file), "check: ls -l " + file);
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
  }

  private static CapabilityException invalid(String sentence, String hint) {
    return new CapabilityException(FailureKind.INVALID, sentence, hint);
  }
}
