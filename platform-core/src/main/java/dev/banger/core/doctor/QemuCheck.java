package dev.banger.core.doctor;

import dev.banger.core.host.Commands;
import dev.banger.core.host.HostUser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * QEMU is there, and not older than 7.2, the first with what banger needs of the machine type
 * {@code microvm} and that is tested.
 *
 * @param configured {@code qemu_bin}
 */
record QemuCheck(Commands commands, HostUser user, Optional<Path> configured)
    implements DoctorCheck {
  private static final String BINARY = "qemu-system-x86_64";
  private static final String PACKAGE = "qemu-system-x86";
  private static final Duration DEADLINE = Duration.ofSeconds(8);
  private static final Pattern VERSION =
      Pattern.compile("version (\\d{1,4})\\.(\\d{1,4})(\\.\\d{1,4})?");
  private static final int MAJOR = 7;
  private static final int MINOR = 2;

  @Override
  public String id() {
    return "qemu";
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.CREATE);
  }

  @Override
  public Result run() throws InterruptedException {
    String wanted = configured.map(Path::toString).orElse(BINARY);
    Optional<Path> found = commands.find(wanted);
    if (found.isEmpty()) {
      return configured.isPresent()
          ? Result.fail(
              wanted + ", the qemu_bin of the configuration, is not there or not executable",
              "mend qemu_bin (banger config path), or leave it out for the one on PATH; then banger"
                  + " daemon restart")
          : Result.fail(wanted + " is not installed", install());
    }
    Commands.Call call = Commands.Call.of(DEADLINE, found.get().toString(), "--version");
    Matcher version = VERSION.matcher(commands.check(call).stdout());
    if (!version.find()) {
      return Result.fail(found.get() + " does not say its version", install());
    }
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    String text = version.group().substring("version ".length());
    if (major < MAJOR || (major == MAJOR && minor < MINOR)) {
      return Result.fail(
          "%s is QEMU %s, and %d.%d is the oldest that works"
              .formatted(found.get(), text, MAJOR, MINOR),
          install());
    }
    return Result.ok(text);
  }

  private String install() {
    return Remedies.install(user, List.of(PACKAGE));
  }
}
