package dev.banger.core.rpc;

import dev.banger.core.doctor.DoctorCheck.Need;
import dev.banger.core.doctor.Preflight;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Lets requests that need something of the host begin only when it is there. */
public final class PreflightedMethods {
  private static final List<String> BOOTING = List.of("vm.create", "vm.start", "vm.restart");

  private PreflightedMethods() {}

  /**
   * @param methods has the methods already
   */
  public static void guard(Map<String, RpcMethod> methods, Preflight preflight) {
    BOOTING.forEach(name -> guard(methods, name, preflight, _ -> EnumSet.of(Need.CREATE)));
    guard(methods, "image.import", preflight, PreflightedMethods::importing);
  }

  private static Set<Need> importing(RpcCall call) {
    return call.params().optionalText("kind").orElse("").equals("debian")
        ? EnumSet.of(Need.IMPORT, Need.IMPORT_DEBIAN)
        : EnumSet.of(Need.IMPORT);
  }

  private static void guard(
      Map<String, RpcMethod> methods,
      String name,
      Preflight preflight,
      Function<RpcCall, Set<Need>> needs) {
    methods.computeIfPresent(
        name,
        (_, method) ->
            call -> {
              preflight.require(needs.apply(call));
              return method.call(call);
            });
  }
}
