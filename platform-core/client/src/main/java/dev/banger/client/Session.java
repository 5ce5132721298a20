package dev.banger.client;

import java.util.List;
import java.util.OptionalInt;

/**
 * A session as the daemon told of it. What is in it came from the guest.
 *
 * @param state {@code running}, {@code ended}, or {@code lost} when the guest went down while it
 *     ran; more may come
 * @param exitCode 128 + n when killed by signal n; empty unless it has ended
 * @param inputBytes how much it was sent so far
 * @param inputOpen whether more may be sent
 * @param oldest cursor of the oldest output that is kept
 * @param newest cursor after the newest
 * @param all every field, as {@code vm session show -o json} has them
 */
public record Session(
    String vm,
    String name,
    String state,
    boolean terminal,
    List<String> command,
    String cwd,
    OptionalInt exitCode,
    long inputBytes,
    boolean inputOpen,
    String oldest,
    String newest,
    Json all) {
  static Session of(String vm, Json fields) {
    Json code = fields.get("exitCode");
    return new Session(
        vm,
        fields.text("name"),
        fields.text("state"),
        fields.text("mode").equals("tty"),
        fields.get("command").texts(),
        fields.text("cwd"),
        code.isNull() ? OptionalInt.empty() : OptionalInt.of((int) code.number(0)),
        fields.get("inputBytes").number(0),
        fields.get("inputOpen").truth(false),
        kept(fields, "stdout") + "." + kept(fields, "stderr"),
        fields.text("cursor"),
        fields);
  }

  private static long kept(Json fields, String stream) {
    return fields.get(stream).get("from").number(0);
  }

  public boolean isRunning() {
    return state.equals("running");
  }
}
