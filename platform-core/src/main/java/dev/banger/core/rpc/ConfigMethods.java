package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.config.Config;
import java.util.Map;

/** The {@code config.*} methods. */
public final class ConfigMethods {
  private final Config config;

  public ConfigMethods(Config config) {
    this.config = config;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put(
        "config.show",
        _ ->
            Json.build()
                .put("file", config.file().toString())
                .put(
                    "values",
                    Json.array(
                        config.settings().stream()
                            .map(
                                setting ->
                                    Json.build()
                                        .put("key", setting.key())
                                        .put("value", setting.value())
                                        .put("source", setting.source())
                                        .done())
                            .toList()))
                .done());
  }
}
