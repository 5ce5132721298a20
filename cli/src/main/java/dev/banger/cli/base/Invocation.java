package dev.banger.cli.base;

import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import java.io.PrintStream;
import java.util.List;

/** One run of one command: what was typed, where to print, the connection to the daemon. */
public final class Invocation implements AutoCloseable {
  private final Console console;
  private final Parsed parsed;
  private BangerClient client;

  public Invocation(Console console, Parsed parsed) {
    this.console = console;
    this.parsed = parsed;
  }

  public Console console() {
    return console;
  }

  public Parsed parsed() {
    return parsed;
  }

  public PrintStream out() {
    return console.out();
  }

  public PrintStream err() {
    return console.err();
  }

  public boolean isJson() {
    return "json".equals(parsed.value("--output"));
  }

  public boolean isQuiet() {
    return parsed.flag("--quiet");
  }

  /** The connection, made (and the daemon started) at the first call. */
  public BangerClient client() {
    if (client == null) {
      client = Daemon.connect(console);
    }
    return client;
  }

  /** A connection of its own, for a stream or a second request beside a running one. */
  public BangerClient newClient() {
    return Daemon.connect(console);
  }

  public Json call(String method, Json params) {
    return client().call(method, params);
  }

  /** Prints one JSON document. */
  public void print(Json document) {
    byte[] bytes = document.toBytes();
    console.out().write(bytes, 0, bytes.length);
    console.out().write('\n');
    console.out().flush();
  }

  /** Prints a line of text for people; made safe. */
  public void say(String line) {
    console.out().println(Text.safe(line));
  }

  /** Prints a line to standard error; made safe. */
  public void note(String line) {
    console.err().println(Text.safe(line));
    console.err().flush();
  }

  public void warn(String message) {
    note("warning: " + message);
  }

  /** Prints the ids, one a line. */
  public void ids(List<Json> things, String field) {
    for (Json thing : things) {
      say(thing.text(field));
    }
  }

  @Override
  public void close() {
    if (client != null) {
      Daemon.tellOther(console, client);
      client.close();
    }
  }
}
