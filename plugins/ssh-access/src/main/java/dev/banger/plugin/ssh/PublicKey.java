package dev.banger.plugin.ssh;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads a {@code .pub} file: one key, and nothing that would grant more in authorized_keys. */
final class PublicKey {
  private static final Pattern ONE =
      Pattern.compile(
          "(ssh-|ecdsa-sha2-|sk-)[a-z0-9@.-]{1,60} [A-Za-z0-9+/]{40,8000}={0,2}( [ -~]{0,200})?");

  private static final int MAX_BYTES = 16 * 1024;

  private PublicKey() {}

  /**
   * The key, one line without a line feed.
   *
   * @throws CapabilityException of kind HOST with this hint when there is anything else in it
   */
  static String read(Path file, String hint) throws IOException {
    if (Files.size(file) <= MAX_BYTES) {
      String line = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
      if (ONE.matcher(line).matches()) {
        return line;
      }
    }
    throw new CapabilityException(
        FailureKind.HOST, file + " does not hold one public key of SSH", hint);
  }
}
