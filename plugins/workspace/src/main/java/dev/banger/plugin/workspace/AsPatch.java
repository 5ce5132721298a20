package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolResult;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/** One file that {@code git apply} takes. */
final class AsPatch {
  /** Git holds a file and its packed form in memory to write it into a patch. */
  private static final long LARGEST = 128L << 20;

  private final Git git;
  private final Quarantine quarantine;

  AsPatch(Git git, Quarantine quarantine) {
    this.git = git;
    this.quarantine = quarantine;
  }

  /**
   * Writes it.
   *
   * @return whether it was there already, as it is
   */
  boolean write(Difference difference, String base, String tree, Path target)
      throws IOException, InterruptedException {
    for (int i = 0; i < difference.changes().size(); i++) {
      if (difference.sizes().get(i) > LARGEST) {
        throw new CapabilityException(
            FailureKind.INVALID,
            "%s has %d MB, too much for a patch"
                .formatted(
                    Names.shown(difference.changes().get(i).name()),
                    difference.sizes().get(i) / 1_000_000),
            "--as branch");
      }
    }
    if (target.getFileName() == null || !Files.isDirectory(target.resolveSibling("."))) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND,
          "there is no directory for the patch %s".formatted(target),
          "mkdir -p " + target.getParent());
    }
    Path fresh =
        target.resolveSibling(".banger-" + UUID.randomUUID().toString().substring(0, 8) + ".tmp");
    try {
      try (OutputStream out =
          new BufferedOutputStream(Files.newOutputStream(fresh, StandardOpenOption.CREATE_NEW))) {
        quarantine.print(
            new ByteArrayInputStream(new byte[0]),
            out,
            "diff-tree",
            "-p",
            "-r",
            "--binary",
            "--full-index",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            base,
            tree);
      }
      return place(fresh, target);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** A second name for the file never replaces what is there, whoever is faster. */
  private static boolean place(Path fresh, Path target) throws IOException {
    try {
      try {
        Files.createLink(target, fresh);
      } catch (UnsupportedOperationException e) {
        Files.move(fresh, target);
      }
      return false;
    } catch (FileAlreadyExistsException e) {
      if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
          && Files.mismatch(fresh, target) < 0) {
        return true;
      }
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "%s exists and is something else; it is not overwritten".formatted(target),
          "--to another file");
    }
  }

  /** Whether it would apply to the working tree as it is now. */
  boolean applies(Source source, Path patch) throws InterruptedException {
    ToolResult checked =
        git.tell(
            source.root(), call -> call, List.of("apply", "--check", "--binary", patch.toString()));
    return checked.ok();
  }
}
