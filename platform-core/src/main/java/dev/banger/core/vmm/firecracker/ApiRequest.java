package dev.banger.core.vmm.firecracker;

import dev.banger.core.vmm.PlainJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request to a Firecracker's API.
 *
 * @param method {@code GET}, {@code PUT} or {@code PATCH}
 * @param body a JSON object in the order of its members
 */
record ApiRequest(String method, String path, Map<String, Object> body) {
  ApiRequest {
    body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
  }

  static ApiRequest get(String path) {
    return new ApiRequest("GET", path, Map.of());
  }

  static ApiRequest put(String path, Map<String, Object> body) {
    return new ApiRequest("PUT", path, body);
  }

  /** {@code type} is one of the three that the API knows. */
  static ApiRequest action(String type) {
    return put("/actions", Map.of("action_type", type));
  }

  static ApiRequest state(String state) {
    return new ApiRequest("PATCH", "/vm", Map.of("state", state));
  }

  /** What follows the headers; a question has nothing to say, a change at least {@code {}}. */
  byte[] bytes() {
    return method.equals("GET") ? new byte[0] : PlainJson.write(body);
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
