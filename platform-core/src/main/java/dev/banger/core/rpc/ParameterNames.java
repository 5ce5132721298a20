package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.config.Nearest;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.rpc.describe.Declared;
import dev.banger.core.rpc.describe.MethodDoc;
import java.util.List;
import java.util.Optional;

/** Refuses parameters that a method does not have: a misspelt one would be passed over silently. */
final class ParameterNames {
  private static final int LONGEST_SHOWN = 64;

  private ParameterNames() {}

  /**
   * @throws BangerException of kind USAGE with the name that was probably meant
   */
  static void check(String method, Json params) {
    if (params.isNull() || (params.isObject() && params.fields().isEmpty())) {
      return;
    }
    Optional<MethodDoc> declared = Declared.find(method);
    if (declared.isEmpty()) {
      return;
    }
    if (!params.isObject()) {
      throw new BangerException(
          ErrorKind.USAGE,
          "the parameters of %s must be an object, by their names".formatted(method));
    }
    List<String> known = declared.get().parameterNames();
    for (String name : params.fields().keySet()) {
      if (!known.contains(name)) {
        throw unknown(method, name, known);
      }
    }
  }

  private static BangerException unknown(String method, String name, List<String> known) {
    String shown = name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "…" : name;
    String hint =
        known.isEmpty()
            ? "it takes none"
            : Nearest.to(name, known)
                .map(near -> "did you mean \"%s\"?".formatted(near))
                .orElse("one of: " + String.join(", ", known));
    return new BangerException(
        ErrorKind.USAGE, "parameter \"%s\" is not known to %s".formatted(shown, method), hint);
  }
}
