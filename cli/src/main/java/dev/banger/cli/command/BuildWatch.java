package dev.banger.cli.command;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * What a plugin's build has left in its folder, seen from outside: any file written, added or
 * removed changes the {@link #fingerprint}. Links are not followed.
 */
final class BuildWatch {
  /** The fingerprint while there is no manifest, for example in the middle of a build. */
  static final long NOTHING = 0;

  /** Beyond this many files a folder is no plugin's build; the rest goes unnoticed. */
  private static final int MOST_FILES = 50_000;

  private final Path classes;
  private final List<Path> folders;

  /**
   * @param project the folder with {@code target} in it
   */
  BuildWatch(Path project) {
    classes = project.resolve("target/classes");
    folders = List.of(classes, project.resolve("target/lib"));
  }

  Path classes() {
    return classes;
  }

  /** A number that differs, as good as surely, whenever the build does; or {@link #NOTHING}. */
  long fingerprint() {
    if (!Files.exists(classes.resolve("banger-plugin.json"))) {
      return NOTHING;
    }
    Sum sum = new Sum();
    for (Path folder : folders) {
      try {
        Files.walkFileTree(folder, sum);
      } catch (IOException e) {
        // Gone in between; the next look tells.
      }
    }
    return sum.total == NOTHING ? 1 : sum.total;
  }

  /** Adds up, so that the order in which a folder lists its files does not matter. */
  private static final class Sum extends SimpleFileVisitor<Path> {
    private long total;
    private int files;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
      long hash = file.toString().hashCode();
      hash = mix(hash ^ facts.size());
      hash = mix(hash ^ facts.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS));
      // A file put in the place of another may have its size and time.
      hash = mix(hash ^ String.valueOf(facts.fileKey()).hashCode());
      total += hash;
      files++;
      return files < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException problem) {
      return FileVisitResult.CONTINUE;
    }

    /** Spreads every bit over all others (the finalizer of SplitMix64). */
    private static long mix(long bits) {
      long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
      return mixed ^ (mixed >>> 31);
    }
  }
}
