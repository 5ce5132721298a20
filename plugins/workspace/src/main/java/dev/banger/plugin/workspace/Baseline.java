package dev.banger.plugin.workspace;

import dev.banger.api.PluginContext;
import dev.banger.api.VmView;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What was put into a VM, kept on the host to compare with: for each directory in the guest a bare
 * repository of the plugin's own. It borrows the objects of the source ({@code
 * objects/info/alternates}) and has of its own those of {@link Imported#tree}, if there is one. The
 * source itself is never written to, and its configuration is not read here.
 */
final class Baseline {
  private static final String VMS = "vms";
  private static final Pattern VM_ID = Pattern.compile("[0-9a-f]{12}");

  private Baseline() {}

  /**
   * Where it is; there after an import to that directory, until the VM is deleted.
   *
   * @param dest as in {@link Imported}
   */
  static Path repository(PluginContext context, VmView vm, String dest) {
    return folder(context, vm.id()).resolve(Imports.key(dest) + ".git");
  }

  private static Path folder(PluginContext context, String vmId) {
    return context.dataDir().resolve(VMS).resolve(vmId);
  }

  /** The objects that the import to that directory has of its own, if there was one. */
  static List<Path> objects(PluginContext context, VmView vm, String dest) {
    Path objects = repository(context, vm, dest).resolve("objects");
    return Files.isDirectory(objects, LinkOption.NOFOLLOW_LINKS) ? List.of(objects) : List.of();
  }

  /**
   * Makes a bare repository that sees the objects of others. Its history is cut off where the
   * source's is, and it ignores what is ignored in the source.
   *
   * @param dir made
   * @param objects directories of the objects that are borrowed, absolute
   */
  static void make(Git git, Path dir, Source source, List<Path> objects)
      throws IOException, InterruptedException {
    Files.createDirectories(dir);
    String format = "--object-format=" + source.objectFormat();
    git.run(dir, "init", "-q", "--bare", "--template=", format);
    Path info = Files.createDirectories(dir.resolve("objects/info"));
    Files.write(
        info.resolve("alternates"),
        objects.stream().map(Object::toString).map(Baseline::quoted).toList());
    for (String name : List.of("shallow", "info/exclude")) {
      Path file = source.place(git, name);
      if (Files.isRegularFile(file)) {
        Files.createDirectories(dir.resolve(name).getParent());
        Files.copy(file, dir.resolve(name));
      }
    }
  }

  /** As git quotes names in C's way; a path may begin with # or contain a line feed. */
  private static String quoted(String path) {
    return "\"" + path.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
  }

  /**
   * Keeps a repository made with {@link #make} in place of the one before.
   *
   * @param made on the same file system; moved away
   */
  static void keep(PluginContext context, VmView vm, String dest, Path made) throws IOException {
    Path place = repository(context, vm, dest);
    Files.createDirectories(place.getParent());
    Scratch.deleteTree(place);
    Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
  }

  static void drop(PluginContext context, VmView vm) throws IOException {
    Scratch.deleteTree(folder(context, vm.id()));
  }

  /** Removes those of VMs that are no more. */
  static List<String> sweep(Predicate<String> exists, PluginContext context) throws IOException {
    Path vms = context.dataDir().resolve(VMS);
    List<String> removed = new ArrayList<>();
    if (!Files.isDirectory(vms, LinkOption.NOFOLLOW_LINKS)) {
      return removed;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(vms)) {
      for (Path folder : folders) {
        String id = folder.getFileName().toString();
        if (VM_ID.matcher(id).matches() && !exists.test(id)) {
          Scratch.deleteTree(folder);
          removed.add("what was put into VM " + id);
        }
      }
    }
    return removed;
  }
}
