package dev.banger.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A VM as the daemon told of it; it may have changed since.
 *
 * @param id 12 hexadecimal digits, never used again
 * @param name unique among the VMs that are there
 * @param state {@code stopped}, {@code starting}, {@code running}, {@code stopping}, {@code
 *     failed}, {@code cleanupPending} or {@code deleting}; more may come
 * @param ip its address as seen from the host; may be empty
 * @param all every field, as {@code Vm} or {@code VmFull} of docs/openrpc.json have them
 */
public record Vm(
    String id,
    String name,
    String state,
    String image,
    int cpus,
    long memoryMiB,
    String ip,
    Map<String, String> labels,
    Json all) {
  static Vm of(Json fields) {
    Map<String, String> labels = new LinkedHashMap<>();
    fields.get("labels").fields().forEach((key, value) -> labels.put(key, value.text()));
    return new Vm(
        fields.text("id"),
        fields.text("name"),
        fields.text("state"),
        fields.text("image"),
        (int) fields.get("cpus").number(0),
        fields.get("memoryMiB").number(0),
        fields.text("ip"),
        Map.copyOf(labels),
        fields);
  }

  public boolean isRunning() {
    return state.equals("running");
  }
}
