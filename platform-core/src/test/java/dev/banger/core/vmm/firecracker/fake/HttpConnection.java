package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTTP as Firecracker's little server speaks it. */
final class HttpConnection {
  /** A line that does not fit is an invalid request. */
  private static final int LINE_LIMIT = 1024;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(LINE_LIMIT).limit(0);

  HttpConnection(SocketChannel channel) {
    this.channel = channel;
  }

  record Request(String method, String path, byte[] body) {}

  static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  /** The next request; null when the other side has closed. */
  Request read(int bodyLimit) throws IOException, Malformed {
    String first = line(true);
    if (first == null) {
      return null;
    }
    String[] parts = first.split(" ", -1);
    if (parts.length != 3) {
      throw new Malformed("Invalid request.");
    }
    if (!parts[0].matches("GET|PUT|PATCH|DELETE")) {
      throw new Malformed("Invalid HTTP Method: Unsupported HTTP method.");
    }
    if (!parts[2].matches("HTTP/1\\.[01]")) {
      throw new Malformed("Invalid HTTP Version: Unsupported HTTP version.");
    }
    int length = headers();
    if (length > bodyLimit) {
      throw new Malformed(
          "Request payload with size %d is larger than the limit of %d allowed by server."
              .formatted(length, bodyLimit));
    }
    byte[] body = new byte[length];
    for (int i = 0; i < length; i++) {
      body[i] = one();
    }
    return new Request(parts[0], parts[1], body);
  }

  private int headers() throws IOException, Malformed {
    int length = 0;
    for (String header = line(false); !header.isEmpty(); header = line(false)) {
      int colon = header.indexOf(':');
      if (colon < 0) {
        throw new Malformed(
            "Invalid header. Reason: Header is incorrectly formatted. Key: " + header);
      }
      String value = header.substring(colon + 1).strip();
      switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "content-length" -> {
          try {
            length = Integer.parseUnsignedInt(value);
          } catch (NumberFormatException e) {
            throw new Malformed(
                "Invalid header. Reason: Invalid value. Key:Content-Length; Value:" + value);
          }
        }
        case "transfer-encoding" -> {
          if (!value.equals("identity")) {
            throw new Malformed("Invalid request.");
          }
        }
        default -> {}
      }
    }
    return length;
  }

  /** Null at the end, where one may be. */
  private String line(boolean mayEnd) throws IOException, Malformed {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (!in.hasRemaining() && !fill()) {
        if (mayEnd && line.isEmpty()) {
          return null;
        }
        throw new IOException("the connection ended within a request");
      }
      char c = (char) (in.get() & 0xff);
      if (c == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
        return line.substring(0, line.length() - 1);
      }
      line.append(c);
      if (line.length() > LINE_LIMIT) {
        throw new Malformed("Invalid request.");
      }
    }
  }

  private byte one() throws IOException {
    if (!in.hasRemaining() && !fill()) {
      throw new IOException("the connection ended within a body");
    }
    return in.get();
  }

  private boolean fill() throws IOException {
    in.clear();
    int read = channel.read(in);
    in.flip();
    return read > 0;
  }

  void respond(int status, String body) throws IOException {
    String head =
        "HTTP/1.1 " + status + " \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n";
    write(
        body.isEmpty()
            ? head + "\r\n"
            : head
                + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.getBytes(StandardCharsets.UTF_8).length, body));
  }

  /** In another form than all other errors; the line break in it makes it no JSON at all. */
  void malformed(String message) throws IOException {
    respond(
        400,
        "{ \"error\": \"%s\nAll previous unanswered requests will be dropped.\" }"
            .formatted(message));
  }

  void tooMany() throws IOException {
    write(
        "HTTP/1.1 503\r\nServer: Firecracker API\r\nConnection: close\r\nContent-Length: 40\r\n\r\n"
            + "{ \"error\": \"Too many open connections\" }");
  }

  void write(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
