package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Remembers what was put into which VM, for as long as the VM is there. */
final class Imports {
  private static final String PREFIX = "import-";

  private Imports() {}

  static void remember(PluginContext context, VmView vm, Imported imported) {
    context.store().of(vm).put(key(imported.dest()), imported);
  }

  /** What was put there last. */
  static Optional<Imported> at(PluginContext context, VmView vm, String dest) {
    return context.store().of(vm).get(key(dest), Imported.class);
  }

  /** All of them, the latest first. */
  static List<Imported> of(PluginContext context, VmView vm) {
    PluginStore store = context.store().of(vm);
    List<Imported> all = new ArrayList<>();
    for (String key : store.keys(PREFIX)) {
      store.get(key, Imported.class).ifPresent(all::add);
    }
    all.sort(Comparator.comparing(Imported::at).reversed());
    return all;
  }

  /** Keys are short and ASCII; directories need not be. */
  static String key(String dest) {
    return PREFIX + HexFormat.of().toHexDigits(hash(dest.getBytes(UTF_8)));
  }

  /** FNV-1a, 64 bits (Fowler, Noll, Vo): two of the few directories of one VM do not meet. */
  private static long hash(byte[] bytes) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : bytes) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
