package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Files of the host as git would keep them, byte by byte and without filters. */
final class HostFiles {
  /** How Java turns paths into the system's bytes. */
  private static final Charset PATHS =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private final String algorithm;

  /**
   * @param objectFormat {@code sha1} or {@code sha256}
   */
  HostFiles(String objectFormat) {
    this.algorithm = objectFormat.equals("sha256") ? "SHA-256" : "SHA-1";
  }

  boolean isAt(Path file, String mode, String id) throws IOException {
    return mode.equals(modeOf(file)) && id.equals(idOf(file));
  }

  /** Git's six digits; empty for what git does not keep. */
  private static String modeOf(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return Change.LINK;
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
            .contains(PosixFilePermission.OWNER_EXECUTE)
        ? Change.EXECUTABLE
        : "100644";
  }

  private String idOf(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      byte[] target = Files.readSymbolicLink(file).toString().getBytes(PATHS);
      return HexFormat.of().formatHex(digest(target.length).digest(target));
    }
    MessageDigest digest = digest(Files.size(file));
    byte[] buffer = new byte[64 * 1024];
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        digest.update(buffer, 0, got);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private MessageDigest digest(long size) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(("blob " + size + "\0").getBytes(US_ASCII));
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
