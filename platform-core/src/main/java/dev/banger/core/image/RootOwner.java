package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Gives everything in a new ext4 file system to root, whoever owned it on the host. Needs neither
 * root nor a user namespace.
 */
final class RootOwner {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Commands commands;

  RootOwner(Commands commands) {
    this.commands = commands;
  }

  /**
   * @param image an ext4 file system that holds exactly {@code tree}, made by banger
   */
  void apply(Path image, Path tree) throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder();
    try (var all = Files.walk(tree)) {
      for (Path each : (Iterable<Path>) all.filter(p -> !p.equals(tree))::iterator) {
        String path = "/" + tree.relativize(each);
        for (String field : List.of("uid", "gid")) {
          script.append("set_inode_field \"%s\" %s 0\n".formatted(path, field));
        }
      }
    }
    Commands.Result result =
        commands.check(
            Commands.Call.of(LIMIT, "debugfs", "-w", "-f", "/dev/stdin", image.toString())
                .withStdin(
                    new ByteArrayInputStream(script.toString().getBytes(StandardCharsets.UTF_8))));
    // debugfs exits with 0 whatever becomes of its commands; all it should say is its version.
    List<String> complaints = result.stderr().lines().skip(1).toList();
    if (!complaints.isEmpty()) {
      throw new BangerException(
          ErrorKind.HOST,
          "debugfs could not give the image's files to root: " + complaints.getFirst(),
          "",
          complaints,
          null);
    }
  }
}
