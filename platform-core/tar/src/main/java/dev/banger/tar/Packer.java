package dev.banger.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts a file or a folder into an archive. Links go as links; pipes, sockets and devices do not.
 */
public final class Packer {
  private final TarWriter writer;
  private final List<String> remarks = new ArrayList<>();
  private long files;
  private long bytes;

  public Packer(OutputStream out) {
    this.writer = new TarWriter(out);
  }

  /** Adds {@code source}, followed if it is a link itself, under the name {@code name}. */
  public void pack(Path source, String name) throws IOException {
    add(source, name, Files.readAttributes(source, PosixFileAttributes.class));
    writer.finish();
  }

  /** What was left out or changed meanwhile. */
  public List<String> remarks() {
    return remarks;
  }

  public long files() {
    return files;
  }

  public long bytes() {
    return bytes;
  }

  private void add(Path path, String name, PosixFileAttributes attributes) throws IOException {
    long seconds = attributes.lastModifiedTime().toMillis() / 1000;
    if (attributes.isDirectory()) {
      writer.directory(name, Modes.of(attributes.permissions()), seconds);
      for (Path child : children(path)) {
        add(
            child,
            name + "/" + child.getFileName(),
            Files.readAttributes(child, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
      }
    } else if (attributes.isSymbolicLink()) {
      writer.link(name, Files.readSymbolicLink(path).toString(), seconds);
      files++;
    } else if (attributes.isRegularFile()) {
      try (InputStream content = Files.newInputStream(path)) {
        boolean isWhole =
            writer.file(
                name, content, attributes.size(), Modes.of(attributes.permissions()), seconds);
        if (!isWhole) {
          remarks.add(path + " changed while it was copied");
        }
      }
      files++;
      bytes += attributes.size();
    } else {
      remarks.add(path + " is no file, folder or link: left out");
    }
  }

  /** In order of name, so that the same folder gives the same archive. */
  private static Set<Path> children(Path directory) throws IOException {
    Set<Path> children = new TreeSet<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory)) {
      for (Path child : listing) {
        children.add(child);
      }
    }
    return children;
  }
}
