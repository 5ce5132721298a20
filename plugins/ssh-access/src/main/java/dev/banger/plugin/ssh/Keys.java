package dev.banger.plugin.ssh;

import dev.banger.api.PluginContext;
import dev.banger.api.VmView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where keys are kept: {@code user/id_ed25519} for the user, {@code vms/ID/} with the host key and
 * known_hosts of each VM.
 */
final class Keys {
  private static final Duration TURN = Duration.ofSeconds(8);
  private static final Pattern VM_ID = Pattern.compile("[0-9a-f]{12}");
  private static final List<String> VM_FILES =
      List.of(
          "known_hosts",
          "known_hosts.new",
          "ssh_host_ed25519_key",
          "ssh_host_ed25519_key.pub",
          "ssh_host_ed25519_key.new",
          "ssh_host_ed25519_key.new.pub");

  private Keys() {}

  /** The one key pair that guests let in: the configured one, or banger's own, made once. */
  static KeyPair user(PluginContext context) throws Exception {
    Optional<KeyPair> own = OwnKey.of(context.config());
    return own.isPresent() ? own.get() : made(context);
  }

  private static KeyPair made(PluginContext context) throws Exception {
    return context
        .host()
        .withLock(
            "user",
            TURN,
            () ->
                KeyPair.ensure(
                    context.host(),
                    privateDir(context.dataDir().resolve("user")).resolve("id_ed25519"),
                    "banger"));
  }

  /** The host key of a VM, the same for its whole life. */
  static KeyPair host(PluginContext context, VmView vm) throws Exception {
    return context
        .host()
        .withLock(
            vm.id(),
            TURN,
            () ->
                KeyPair.ensure(
                    context.host(),
                    privateDir(vmDir(context, vm)).resolve("ssh_host_ed25519_key"),
                    alias(vm)));
  }

  /** A known_hosts file that pins the VM's host key under its {@link #alias}. */
  static Path knownHosts(PluginContext context, VmView vm) throws Exception {
    KeyPair key = host(context, vm);
    return context
        .host()
        .withLock(
            vm.id(),
            TURN,
            () -> {
              Path file = vmDir(context, vm).resolve("known_hosts");
              Path fresh = vmDir(context, vm).resolve("known_hosts.new");
              String[] words = key.publicLine().split(" ", 3);
              Files.writeString(fresh, "%s %s %s\n".formatted(alias(vm), words[0], words[1]));
              Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
              return file;
            });
  }

  /** Drops what is kept for a VM. */
  static void forget(PluginContext context, VmView vm) throws Exception {
    context
        .host()
        .withLock(
            vm.id(),
            TURN,
            () -> {
              Path dir = vmDir(context, vm);
              for (String file : VM_FILES) {
                Files.deleteIfExists(dir.resolve(file));
              }
              try {
                Files.delete(dir);
              } catch (NoSuchFileException e) {
                // There was nothing to drop.
              }
              return null;
            });
  }

  /** The name under which the host key is pinned; never the name of a machine. */
  static String alias(VmView vm) {
    return "banger-" + vm.id();
  }

  private static Path vmDir(PluginContext context, VmView vm) {
    if (!VM_ID.matcher(vm.id()).matches()) {
      throw new IllegalArgumentException("not a VM id: " + vm.id());
    }
    return context.dataDir().resolve("vms").resolve(vm.id());
  }

  private static Path privateDir(Path dir) throws IOException {
    return Files.createDirectories(
        dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
