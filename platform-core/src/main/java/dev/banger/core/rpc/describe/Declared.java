package dev.banger.core.rpc.describe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All methods that are declared. A new one is declared in the {@code *MethodDocs} of its group. */
public final class Declared {
  private Declared() {}

  /** Made when it is first looked at: most calls have no parameter that is to be checked. */
  private static final class ByName {
    private static final Map<String, MethodDoc> METHODS = new HashMap<>();

    static {
      for (MethodDoc method : all()) {
        METHODS.put(method.name(), method);
      }
    }
  }

  public static Optional<MethodDoc> find(String method) {
    return Optional.ofNullable(ByName.METHODS.get(method));
  }

  /** In the order of the documents. */
  public static List<MethodDoc> all() {
    List<MethodDoc> all = new ArrayList<>(DaemonMethodDocs.all());
    all.addAll(VmMethodDocs.all());
    all.addAll(GuestMethodDocs.all());
    all.addAll(HostMethodDocs.all());
    all.addAll(PluginMethodDocs.all());
    return List.copyOf(all);
  }
}
