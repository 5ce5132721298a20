package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Nearest;
import dev.banger.cli.base.Options;
import dev.banger.cli.daemon.DaemonStarter;
import dev.banger.cli.term.Table;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Directories;
import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code banger config show|check|path}. */
public final class ConfigCommands implements Command {
  private static final long CHECK_SECONDS = 20;
  private static final int MOST_SAID = 256 * 1024;

  private final String verb;

  public ConfigCommands(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    switch (verb) {
      case "show" ->
          options
              .summary("every setting in force, and where it comes from")
              .positional(
                  "KEY",
                  "config",
                  0,
                  Integer.MAX_VALUE,
                  "a key as it is shown, or a table of them; all without one")
              .example("banger config show")
              .example("banger config show network image");
      case "check" ->
          options
              .summary("every problem of the configuration file; needs no running daemon")
              .description(
                  "Exit code 1 when there is one. With -o json: {\"file\",\"ok\",\"problems\":[...]}.")
              .example("banger config check");
      default ->
          options
              .summary("where the configuration file is, or would be")
              .example("$EDITOR $(banger config path)");
    }
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    Path file = Directories.from(call.console().env()).configFile();
    return switch (verb) {
      case "path" -> {
        if (call.isJson()) {
          call.print(Json.build().put("file", file.toString()).done());
        } else {
          call.say(file.toString());
        }
        yield 0;
      }
      case "show" -> show(call);
      default -> check(call, file);
    };
  }

  private static int show(Invocation call) {
    Json config = picked(call, call.call("config.show", Json.build().done()));
    if (call.isJson()) {
      call.print(config);
      return 0;
    }
    if (!call.isQuiet()) {
      call.say(config.text("file"));
      call.say("");
    }
    Table table = new Table("KEY", "VALUE", "FROM");
    for (Json value : config.get("values").elements()) {
      table.row(value.text("key"), Show.cell(value.get("value")), value.text("source"));
    }
    table.print(call.out());
    return 0;
  }

  /** What was asked for: each a key or a table of keys. */
  private static Json picked(Invocation call, Json config) {
    List<String> wanted = call.parsed().arguments();
    if (wanted.isEmpty()) {
      return config;
    }
    List<String> keys = new ArrayList<>();
    for (Json value : config.get("values").elements()) {
      keys.add(value.text("key"));
    }
    for (String each : wanted) {
      if (keys.stream().noneMatch(key -> isOf(key, each))) {
        String nearest = Nearest.to(each, keys);
        throw Failure.failed(
            "notFound",
            "there is no setting \"" + each + "\"",
            nearest == null ? "banger config show" : "banger config show " + nearest);
      }
    }
    List<Json> values = new ArrayList<>();
    for (Json value : config.get("values").elements()) {
      if (wanted.stream().anyMatch(each -> isOf(value.text("key"), each))) {
        values.add(value);
      }
    }
    return Json.build().put("file", config.get("file")).put("values", Json.array(values)).done();
  }

  private static boolean isOf(String key, String wanted) {
    return key.equals(wanted) || key.startsWith(wanted + ".");
  }

  /**
   * By the daemon's own reader, as a program that only checks: a bad file keeps it from running.
   */
  private static int check(Invocation call, Path file) throws IOException, InterruptedException {
    Checked checked = checked(call);
    return tell(call, file, checked.code, checked.said);
  }

  /**
   * What the check said.
   *
   * @param code 0: the file is good
   */
  record Checked(int code, List<String> said) {}

  static Checked checked(Invocation call) throws IOException, InterruptedException {
    Path binary = DaemonStarter.binary(call.console(), DaemonSocket.path(call.console().env()));
    ProcessBuilder builder = new ProcessBuilder(binary.toString(), "--check-config");
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(call.console().env());
    builder.directory(call.console().directory().toFile()).redirectErrorStream(true);
    Process process = builder.start();
    String said;
    try {
      process.getOutputStream().close();
      said =
          new String(process.getInputStream().readNBytes(MOST_SAID), StandardCharsets.UTF_8)
              .strip();
      if (!process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS)) {
        throw Failure.failed(
            "timeout", binary + " --check-config did not end within " + CHECK_SECONDS + " s", "");
      }
    } finally {
      process.destroyForcibly();
    }
    return new Checked(process.exitValue(), problems(said));
  }

  private static int tell(Invocation call, Path file, int code, List<String> said) {
    boolean isGood = code == 0;
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("file", file.toString())
              .put("ok", isGood)
              .put("problems", Json.strings(isGood ? List.of() : said))
              .done());
    } else {
      for (String line : said) {
        call.say(line);
      }
      if (isGood && said.isEmpty() && !call.isQuiet()) {
        call.say(file + "  no problems");
      }
    }
    return isGood ? 0 : Failure.FAILED;
  }

  /** Lines of text, or a JSON array or object with {@code problems}. */
  private static List<String> problems(String said) {
    if (said.startsWith("[") || said.startsWith("{")) {
      try {
        Json document = Json.parse(said);
        List<String> problems = new ArrayList<>();
        Json list = document.isArray() ? document : document.get("problems");
        for (Json problem : list.elements()) {
          problems.add(problem.isObject() ? problem.text("message") : problem.text());
        }
        return problems;
      } catch (MalformedJsonException e) {
        // Then they are lines that begin like it.
      }
    }
    return said.isEmpty() ? List.of() : List.of(said.split("\n"));
  }
}
