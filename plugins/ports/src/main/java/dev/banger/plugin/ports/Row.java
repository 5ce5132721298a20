package dev.banger.plugin.ports;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A line of the table. Two listeners that look the same are one.
 *
 * @param proto {@code http}, {@code https}, {@code tcp} or {@code udp}
 * @param endpoint where it is reached from the host; where that is nowhere, its address in the
 *     guest
 * @param url empty for what no browser opens
 * @param note why it is not reached; may be empty
 */
record Row(
    String vm,
    String proto,
    String endpoint,
    int port,
    String process,
    String command,
    String url,
    String note) {

  /** Whose row it is, however that is reached. */
  record Server(boolean udp, int port, String process, String command) {}

  Server server() {
    return new Server(proto.equals("udp"), port, process, command);
  }

  /**
   * @param named whether it says which VM it is of
   */
  Map<String, Object> fields(boolean named) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (named) {
      fields.put("vm", vm);
    }
    fields.put("proto", proto);
    fields.put("endpoint", endpoint);
    fields.put("port", port);
    fields.put("process", process);
    fields.put("command", command);
    fields.put("url", url);
    fields.put("note", note);
    return fields;
  }
}
