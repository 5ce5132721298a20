package dev.banger.client;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Where the daemon listens. */
public final class DaemonSocket {
  /** What Linux allows in {@code sockaddr_un.sun_path}, without the closing zero byte. */
  public static final int MAX_PATH_BYTES = 107;

  private DaemonSocket() {}

  /**
   * {@code BANGER_SOCKET} where it is set, else {@code d.sock} in the run directory.
   *
   * @throws RpcException of kind {@code invalid} when the path is longer than a Unix socket's
   *     address can be
   */
  public static Path path(Map<String, String> environment) {
    String explicit = environment.getOrDefault("BANGER_SOCKET", "");
    Path path =
        explicit.isEmpty()
            ? Directories.from(environment).run().resolve("d.sock")
            : Path.of(explicit).toAbsolutePath().normalize();
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_PATH_BYTES) {
      throw new RpcException(
          "invalid",
          "the daemon's socket path is "
              + length
              + " bytes long, a Unix socket allows "
              + MAX_PATH_BYTES
              + ": "
              + path,
          "set BANGER_SOCKET to a shorter path, for example /tmp/banger-d.sock");
    }
    return path;
  }
}
