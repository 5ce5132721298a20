package dev.banger.plugin.identity;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandFollower;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * After a repository was put into a VM: writes the identity that it has on this host into the copy,
 * as far as that differs from the host's global one.
 */
final class CheckoutFollower implements CommandFollower {
  /** Absolute, no way up, no control characters. */
  private static final Pattern DIRECTORY =
      Pattern.compile("(/(?!\\.{1,2}(/|$))[^/\\p{Cntrl}]{1,255}){1,16}");

  @Override
  public void follow(CommandCall call, CommandResult result) throws Exception {
    Optional<String> vm = value(call, "vm");
    Optional<Path> source = value(call, "path").map(path -> call.path("path"));
    Optional<String> dest = dest(result);
    if (vm.isEmpty() || source.isEmpty() || dest.isEmpty()) {
      // Whoever has the role, it does not put a repository into a VM as we know it.
      return;
    }
    CapabilityHost host = call.host();
    HostGit git = new HostGit(host);
    if (!git.isInstalled()) {
      return;
    }
    Identity there = git.in(source.get());
    Identity own = there.butNot(git.global());
    if (own.isEmpty()) {
      return;
    }
    GuestConfig file = GuestConfig.of(host, host.resolve(vm.get()), dest.get());
    file.write(file.parsed().withUser(own.entries()));
    call.progress().done(GitIdentityPlugin.ID, there.words() + " in " + dest.get());
  }

  /** Of a value that the command may not even declare. */
  private static Optional<String> value(CommandCall call, String name) {
    try {
      return call.find(name);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> dest(CommandResult result) {
    if (result.value() instanceof Map<?, ?> fields && fields.get("dest") instanceof String dest) {
      if (!DIRECTORY.matcher(dest).matches()) {
        throw new CapabilityException(
            FailureKind.INVALID, "the repository is said to be at \"" + dest + "\", no directory");
      }
      return Optional.of(dest);
    }
    return Optional.empty();
  }
}
