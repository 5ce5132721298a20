package dev.banger.core.disk;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;

/** Words what goes wrong while a disk is made. */
final class DiskFailures {
  static final String MAKE_ROOM =
      "make room, or delete what is no longer needed: banger ls --all, banger image list";

  private static final String NO_SPACE = "No space left on device";

  private DiskFailures() {}

  static BangerException io(String what, Path file, IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return new BangerException(
          ErrorKind.CONFLICT,
          "the %s %s is already there; it was left alone".formatted(what, file),
          "",
          List.of(),
          e);
    }
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (reason.contains(NO_SPACE)) {
      return noSpace(what, file, List.of(), e);
    }
    return new BangerException(
        ErrorKind.HOST,
        "cannot make the %s %s: %s".formatted(what, file, reason),
        "",
        List.of(),
        e);
  }

  static BangerException tool(String what, Path file, BangerException e) {
    if (e.details().stream().anyMatch(line -> line.contains(NO_SPACE))) {
      return noSpace(what, file, e.details(), e);
    }
    return new BangerException(
        e.kind(),
        "cannot make the %s %s: %s".formatted(what, file, e.getMessage()),
        e.hint(),
        e.details(),
        e);
  }

  static BangerException interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new BangerException(
        ErrorKind.HOST, "making the %s was interrupted".formatted(what), "", List.of(), e);
  }

  private static BangerException noSpace(
      String what, Path file, List<String> details, Exception e) {
    return new BangerException(
        ErrorKind.HOST,
        "no space left for the %s %s: the disk is full, %d MiB free in %s"
            .formatted(what, file, DiskSpace.freeMiB(file), file.toAbsolutePath().getParent()),
        MAKE_ROOM,
        details,
        e);
  }
}
