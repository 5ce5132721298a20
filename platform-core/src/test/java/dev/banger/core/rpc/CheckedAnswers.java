package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.contract.Contract;
import dev.banger.core.rpc.describe.OpenRpc;
import java.util.List;
import java.util.function.Function;

/** Methods whose answers are held against what is declared of them. */
public final class CheckedAnswers {
  public static final Contract CONTRACT = Contract.of(OpenRpc.document(DaemonMethods.PROTOCOL));

  private CheckedAnswers() {}

  /** The same methods; an answer that is not as declared is a failure. */
  public static Function<String, RpcMethod> of(Function<String, RpcMethod> methods) {
    return name -> {
      RpcMethod method = methods.apply(name);
      return method == null || !CONTRACT.declares(name) ? method : checked(name, method);
    };
  }

  private static RpcMethod checked(String name, RpcMethod method) {
    return call -> {
      Json result = method.call(call);
      List<String> faults = call.isUpgraded() ? List.of() : CONTRACT.faultsOfResult(name, result);
      if (!faults.isEmpty()) {
        throw new IllegalStateException(
            name + " answers what its *MethodDocs does not say: " + faults + " in " + result);
      }
      return result;
    };
  }
}
