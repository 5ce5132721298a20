package dev.banger.plugin.ssh;

import dev.banger.api.PluginContext;
import dev.banger.api.VmView;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where keys are kept: the user's, {@code id_ed25519}, in a directory under banger's configuration;
 * each VM's host key and known_hosts in {@code vms/ID/} of the plugin's data.
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

  /**
   * The one key that guests let in: the configured one, or that of a pair of banger's own, made
   * once.
   *
   * @param dir where banger's own is kept
   */
  static UserKey user(PluginContext context, Path dir) throws Exception {
    Optional<UserKey> own = OwnKey.of(context.config(SshSettings.class));
    return own.isPresent() ? own.get() : made(context, dir);
  }

  private static UserKey made(PluginContext context, Path dir) throws Exception {
    KeyPair pair =
        context
            .host()
            .withLock(
                "user",
                TURN,
                () ->
                    KeyPair.ensure(
                        context.host(), privateDir(dir).resolve("id_ed25519"), "banger"));
    return new UserKey(pair.file(), pair.publicLine());
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
                    privateDir(vmDir(context, vm.id())).resolve("ssh_host_ed25519_key"),
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
              Path file = vmDir(context, vm.id()).resolve("known_hosts");
              Path fresh = vmDir(context, vm.id()).resolve("known_hosts.new");
              String[] words = key.publicLine().split(" ", 3);
              Files.writeString(fresh, "%s %s %s\n".formatted(alias(vm), words[0], words[1]));
              Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
              return file;
            });
  }

  /** Drops what is kept for a VM. */
  static void forget(PluginContext context, String id) throws Exception {
    Path dir = vmDir(context, id);
    context
        .host()
        .withLock(
            id,
            TURN,
            () -> {
              drop(dir);
              return null;
            });
  }

  /**
   * Drops what is kept for VMs that are gone. Anything that does not look like such a directory of
   * ours stays.
   */
  static List<String> sweep(Predicate<String> exists, PluginContext context) throws Exception {
    List<String> dropped = new ArrayList<>();
    for (String id : kept(context)) {
      if (!exists.test(id) && vanished(context, id, exists)) {
        dropped.add("keys of VM " + id);
      }
    }
    return dropped;
  }

  private static List<String> kept(PluginContext context) throws IOException {
    Path vms = context.dataDir().resolve("vms");
    if (!Files.isDirectory(vms, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> dirs = Files.list(vms)) {
      return dirs.filter(dir -> Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS))
          .map(dir -> dir.getFileName().toString())
          .filter(id -> VM_ID.matcher(id).matches())
          .sorted()
          .toList();
    }
  }

  private static boolean vanished(PluginContext context, String id, Predicate<String> exists)
      throws Exception {
    return context
        .host()
        .withLock(
            id,
            TURN,
            () -> {
              if (exists.test(id)) {
                return false;
              }
              try {
                return drop(vmDir(context, id));
              } catch (DirectoryNotEmptyException e) {
                // Somebody keeps more in it than we put there: that is theirs.
                return false;
              }
            });
  }

  private static boolean drop(Path dir) throws IOException {
    for (String file : VM_FILES) {
      Files.deleteIfExists(dir.resolve(file));
    }
    return Files.deleteIfExists(dir);
  }

  /** The name under which the host key is pinned; never the name of a machine. */
  static String alias(VmView vm) {
    return "banger-" + vm.id();
  }

  private static Path vmDir(PluginContext context, String id) {
    if (!VM_ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not a VM id: " + id);
    }
    return context.dataDir().resolve("vms").resolve(id);
  }

  private static Path privateDir(Path dir) throws IOException {
    return Files.createDirectories(
        dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }
}
