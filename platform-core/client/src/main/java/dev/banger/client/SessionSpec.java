package dev.banger.client;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a session is to run, and how.
 *
 * @param command the program and its arguments; no shell reads them
 * @param name lower-case letters, digits and hyphens; empty to name it after the program
 * @param cwd absolute, in the guest; empty for {@code /root/repo}, or {@code /root} without it
 * @param env variables; only their names are kept
 * @param terminal whether it gets a terminal; else three pipes
 * @param keep how much of each output is kept, for example {@code 64MiB}; empty for 16 MiB
 * @param waits whether it waits for a reader when that is full, instead of dropping the oldest
 */
public record SessionSpec(
    List<String> command,
    String name,
    String cwd,
    Map<String, String> env,
    boolean terminal,
    String keep,
    boolean waits) {
  public SessionSpec {
    command = List.copyOf(command);
    env = Map.copyOf(env);
  }

  /** On pipes, and otherwise as it is when nothing is said. */
  public static SessionSpec of(String... command) {
    return new SessionSpec(List.of(command), "", "", Map.of(), false, "", false);
  }

  public SessionSpec named(String newName) {
    return new SessionSpec(command, newName, cwd, env, terminal, keep, waits);
  }

  public SessionSpec in(String directory) {
    return new SessionSpec(command, name, directory, env, terminal, keep, waits);
  }

  public SessionSpec with(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(env);
    more.put(variable, value);
    return new SessionSpec(command, name, cwd, more, terminal, keep, waits);
  }

  public SessionSpec onTerminal() {
    return new SessionSpec(command, name, cwd, env, true, keep, waits);
  }

  public SessionSpec keeping(String amount) {
    return new SessionSpec(command, name, cwd, env, terminal, amount, waits);
  }

  public SessionSpec waiting() {
    return new SessionSpec(command, name, cwd, env, terminal, keep, true);
  }

  Json arguments(String vm) {
    Json.Builder arguments =
        Json.build().put("vm", vm).put("command", Json.strings(command)).put("tty", terminal);
    put(arguments, "name", name);
    put(arguments, "cwd", cwd);
    put(arguments, "keep", keep);
    if (!env.isEmpty()) {
      List<String> pairs =
          env.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList();
      arguments.put("env", Json.strings(pairs));
    }
    return arguments.put("when-full", waits ? "wait" : "drop").done();
  }

  private static void put(Json.Builder arguments, String name, String value) {
    if (!value.isEmpty()) {
      arguments.put(name, value);
    }
  }
}
