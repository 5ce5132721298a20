package dev.banger.plugin.filesync;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * Opens what is below a directory of the host without following a link on the way: what is replaced
 * by a link between a look and a read is not read.
 */
final class HostTree {
  private static final Set<? extends java.nio.file.OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private HostTree() {}

  @SuppressWarnings("StreamResourceLeak") // the caller closes it
  static SecureDirectoryStream<Path> open(Path directory) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(directory);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new IOException("this file system cannot be read without following links");
  }

  /** The content of a file. */
  static InputStream read(Node.Plain file) throws IOException {
    if (file.way().isEmpty()) {
      return Channels.newInputStream(Files.newByteChannel(file.root(), READ));
    }
    try (SecureDirectoryStream<Path> root = open(file.root())) {
      return read(root, file.way());
    }
  }

  private static InputStream read(SecureDirectoryStream<Path> in, List<Path> way)
      throws IOException {
    if (way.size() == 1) {
      return Channels.newInputStream(in.newByteChannel(way.getFirst(), READ));
    }
    try (SecureDirectoryStream<Path> next =
        in.newDirectoryStream(way.getFirst(), LinkOption.NOFOLLOW_LINKS)) {
      return read(next, way.subList(1, way.size()));
    }
  }
}
