package dev.banger.core.doctor;

import dev.banger.core.host.HostUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** banger's directories belong to the user that it runs as, and nobody else looks into them. */
record DirectoriesCheck(List<Path> directories, HostUser user) implements DoctorCheck {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static final Set<PosixFilePermission> OWN =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  @Override
  public String id() {
    return "directories";
  }

  @Override
  public Result run() throws IOException {
    List<Path> open = new ArrayList<>();
    for (Path dir : directories) {
      if (Files.notExists(dir)) {
        continue; // made when it is needed
      }
      int owner = (Integer) Files.getAttribute(dir, "unix:uid");
      if (owner != user.uid()) {
        return Result.fail(
            "%s belongs to uid %d, and banger runs as %s (%d)"
                .formatted(dir, owner, user.name(), user.uid()),
            Remedies.asRoot(user, "chown -R %s %s".formatted(user.name(), dir)));
      }
      if (!Files.isWritable(dir)) {
        return Result.fail(dir + " cannot be written", "chmod u+rwx " + dir);
      }
      if (Files.getPosixFilePermissions(dir, LinkOption.NOFOLLOW_LINKS).stream()
          .anyMatch(OTHERS::contains)) {
        open.add(dir);
      }
    }
    String names = String.join(" ", open.stream().map(Path::toString).toList());
    return open.isEmpty()
        ? Result.ok("only %s can look into them".formatted(user.name()))
        : Result.warn("other users can look into " + names, "chmod 700 " + names);
  }

  /** Shuts out others; never gives itself what belongs to somebody else. */
  @Override
  public String fix() throws IOException {
    List<String> mended = new ArrayList<>();
    for (Path dir : directories) {
      if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)
          || (Integer) Files.getAttribute(dir, "unix:uid") != user.uid()) {
        continue;
      }
      Set<PosixFilePermission> now = Files.getPosixFilePermissions(dir, LinkOption.NOFOLLOW_LINKS);
      if (!now.equals(OWN)) {
        Files.setPosixFilePermissions(dir, OWN);
        mended.add(dir.toString());
      }
    }
    return mended.isEmpty() ? "" : "chmod 700 " + String.join(" ", mended);
  }
}
