package dev.banger.system;

import dev.banger.client.DaemonSocket;
import dev.banger.client.SessionPipe;
import dev.banger.client.SessionSpec;
import dev.banger.client.Sessions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a program in a guest that answers JSON by the line, asks it something, hangs up, and comes
 * back to it.
 */
final class SessionExample {
  private static final String AGENT =
      "while read -r line; do echo \"{\\\"answer\\\":$line}\"; done; exit 3";

  private SessionExample() {}

  /**
   * @param args the name of a VM that runs
   */
  public static void main(String[] args) throws Exception {
    converse(DaemonSocket.path(System.getenv()), args[0]).forEach(System.out::println);
  }

  static List<String> converse(Path socket, String vm) throws Exception {
    List<String> heard = new ArrayList<>();
    Sessions sessions = new Sessions(socket);
    sessions.start(vm, SessionSpec.of("sh", "-c", AGENT).named("agent").waiting());
    String cursor;
    try (SessionPipe pipe = sessions.attach(vm, "agent")) {
      heard.add(ask(pipe, "{\"question\":1}"));
      cursor = pipe.cursor();
    }
    // The program goes on. This could be another process, another day.
    try (SessionPipe pipe = sessions.attach(vm, "agent", cursor)) {
      heard.add(ask(pipe, "{\"question\":2}"));
      pipe.stdin().close();
      heard.add("exit " + pipe.awaitExit());
    }
    sessions.remove(vm, "agent");
    return heard;
  }

  private static String ask(SessionPipe pipe, String question) throws IOException {
    pipe.stdin().write((question + "\n").getBytes(StandardCharsets.UTF_8));
    // No byte more than the line: the cursor is where reading stopped.
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = pipe.stdout().read(); b >= 0 && b != '\n'; b = pipe.stdout().read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
