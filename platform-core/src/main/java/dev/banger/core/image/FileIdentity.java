package dev.banger.core.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** A file as it was at one moment: another of that name, or another content, is another. */
record FileIdentity(Object key, long size, FileTime modified) {
  static FileIdentity of(Path file) throws IOException {
    BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
    return new FileIdentity(is.fileKey(), is.size(), is.lastModifiedTime());
  }

  static Optional<FileIdentity> find(Path file) throws IOException {
    try {
      return Optional.of(of(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
