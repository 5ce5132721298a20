package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;

/** Answers that no sound server gives. */
final class BadAnswer {
  private static final String HEAD = "HTTP/1.1 200 \r\nServer: Firecracker API\r\n";

  private BadAnswer() {}

  static void give(HttpConnection connection, String kind)
      throws IOException, InterruptedException {
    switch (kind) {
      case "400" -> connection.respond(400, "{\"fault_message\":\"out of luck\"}");
      case "503" -> connection.tooMany();
      case "garbage" -> connection.write("\u0000\u001b[2J \r\n\r\n no HTTP at all \r\n\r\n");
      case "half" -> connection.write(HEAD + "Content-Length: 100\r\n\r\n{\"id\":");
      case "no-length" -> connection.write(HEAD + "\r\n");
      case "bad-length" -> connection.write(HEAD + "Content-Length: -7\r\n\r\n");
      case "huge" -> {
        connection.write(HEAD + "Content-Length: 1099511627776\r\n\r\n");
        endless(connection);
      }
      case "long-head" -> {
        connection.write(HEAD + "X-Long: ");
        endless(connection);
      }
      case "never" -> Thread.sleep(Long.MAX_VALUE);
      case "close" -> {}
      default -> throw new IllegalArgumentException("no such answer: " + kind);
    }
  }

  private static void endless(HttpConnection connection) throws IOException {
    String block = "a".repeat(1 << 16);
    while (true) {
      connection.write(block);
    }
  }
}
