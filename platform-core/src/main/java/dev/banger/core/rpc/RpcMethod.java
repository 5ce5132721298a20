package dev.banger.core.rpc;

import dev.banger.client.Json;

/**
 * One method of the RPC. Called on a thread of its own connection; may take as long as it takes.
 */
@FunctionalInterface
public interface RpcMethod {
  /**
   * @return the result; ignored when the call was upgraded to a byte stream
   * @throws dev.banger.core.model.BangerException told to the client as it is
   */
  Json call(RpcCall call) throws Exception;
}
