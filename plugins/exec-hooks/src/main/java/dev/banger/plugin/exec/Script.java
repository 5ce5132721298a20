package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A script, as a file that may have changed since it was listed.
 *
 * @param file {@code DIR/PHASE/NAME}, absolute
 */
record Script(Path file) {
  String name() {
    return file.getFileName().toString();
  }

  /** For people: {@code guest/10-dns}. */
  String reference() {
    return file.getParent().getFileName() + "/" + name();
  }

  boolean isThere() {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Looks whether it may be run right now.
   *
   * @throws CapabilityException saying why not
   */
  void check() throws IOException {
    if (!isThere()) {
      throw refused("%s is not there".formatted(file));
    }
    if (!Files.isRegularFile(file)) {
      throw refused("%s is not a file".formatted(file));
    }
    Path home = file.getParent().getParent().toRealPath();
    Path real = file.toRealPath();
    if (!real.startsWith(home)) {
      throw refused("%s is a link that leads out of %s, to %s".formatted(file, home, real));
    }
    if (!Files.isExecutable(real)) {
      throw refused("%s is not executable; mend it: chmod +x %s".formatted(file, file));
    }
    Optional<String> problem = Trust.problem(file.getParent().toRealPath());
    if (problem.isEmpty()) {
      problem = Trust.problem(real);
    }
    if (problem.isPresent()) {
      throw refused(problem.get());
    }
  }

  /** What to say when it could not be looked at. */
  CapabilityException unreadable(IOException e) {
    return new CapabilityException(
        FailureKind.HOST,
        "script %s cannot be looked at: %s"
            .formatted(reference(), Words.clean(String.valueOf(e.getMessage()))),
        "it is " + file,
        e);
  }

  private static CapabilityException refused(String why) {
    return new CapabilityException(FailureKind.ILLEGAL_STATE, Words.clean(why));
  }

  /** SHA-256 of what is in it, in hexadecimal. */
  String digest() throws IOException {
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
