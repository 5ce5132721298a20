package dev.banger.core.doctor;

import dev.banger.core.host.HostUser;
import dev.banger.core.host.KernelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Without root, a root file system is made inside a user namespace: the kernel must allow one, and
 * the user must have ids to map into it.
 *
 * @param etc in place of {@code /etc}
 */
record UserNamespacesCheck(HostUser user, KernelSettings kernel, Path etc) implements DoctorCheck {
  @Override
  public String id() {
    return "user-namespaces";
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.IMPORT_DEBIAN);
  }

  @Override
  public Result run() {
    if (user.isRoot()) {
      return Result.ok("not needed by root");
    }
    // The first one is a patch of Debian's kernels, the second of Ubuntu's.
    if (is("kernel.unprivileged_userns_clone", "0")) {
      return forbidden("kernel.unprivileged_userns_clone", "1");
    }
    if (is("kernel.apparmor_restrict_unprivileged_userns", "1")) {
      return forbidden("kernel.apparmor_restrict_unprivileged_userns", "0");
    }
    if (is("user.max_user_namespaces", "0")) {
      return forbidden("user.max_user_namespaces", "10000");
    }
    for (String file : List.of("subuid", "subgid")) {
      if (!hasRange(etc.resolve(file))) {
        return Result.fail(
            "%s has no range of ids for %s".formatted(etc.resolve(file), user.name()),
            "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + user.name());
      }
    }
    return Result.ok("allowed, with ids to map");
  }

  private boolean is(String setting, String value) {
    return kernel.get(setting).filter(value::equals).isPresent();
  }

  private static Result forbidden(String setting, String better) {
    return Result.fail(
        "this host allows users no user namespaces (%s)".formatted(setting),
        "sudo sysctl -w %s=%s, or import images as root".formatted(setting, better));
  }

  private boolean hasRange(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.anyMatch(
          line -> line.startsWith(user.name() + ":") || line.startsWith(user.uid() + ":"));
    } catch (IOException e) {
      return false;
    }
  }
}
