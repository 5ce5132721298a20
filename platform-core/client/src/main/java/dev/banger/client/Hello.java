package dev.banger.client;

import java.io.IOException;
import java.util.Arrays;

/** The first words on a connection: who calls, and who answers. */
final class Hello {
  private static final long ID = 0;
  private static final long UNKNOWN_METHOD = -32601;

  private final BangerClient client;
  private final LineInput in;
  private final String self;

  Hello(BangerClient client, LineInput in, String self) {
    this.client = client;
    this.in = in;
    this.self = self;
  }

  /**
   * Sends the hello and the request behind it at once, and hears the answer to the hello.
   *
   * @throws RpcException when the daemon refuses this client, and so the request; the connection is
   *     closed then
   */
  void sayBefore(byte[] request) throws IOException {
    Json params =
        Json.build()
            .put("client", self.isEmpty() ? library() : self)
            .put("protocol", BangerClient.PROTOCOL)
            .done();
    byte[] hello = BangerClient.request(ID, "daemon.hello", params);
    byte[] both = Arrays.copyOf(hello, hello.length + request.length);
    System.arraycopy(request, 0, both, hello.length, request.length);
    Watchdog watchdog = new Watchdog(client, BangerClient.CONNECT_DEADLINE);
    try {
      send(both);
      hear();
    } catch (IOException e) {
      client.close();
      if (!watchdog.hasBitten()) {
        throw e;
      }
      throw new RpcException(
          "timeout",
          "the daemon did not answer within " + BangerClient.CONNECT_DEADLINE.toSeconds() + " s",
          "banger daemon logs; then banger daemon restart");
    } finally {
      watchdog.close();
    }
  }

  /** A daemon that refuses may have closed before a long request was sent; its answer is there. */
  private void send(byte[] both) throws IOException {
    try {
      client.send(both);
    } catch (IOException e) {
      try {
        hear();
      } catch (IOException lost) {
        e.addSuppressed(lost);
      }
      throw e;
    }
  }

  private void hear() throws IOException {
    while (true) {
      Json line = in.readJsonLine();
      if (line == null) {
        throw new IOException("the connection was closed at the hello");
      }
      if (line.has("error")) {
        // A daemon from before there was a hello goes on with the request.
        if (line.get("error").get("code").number(0) == UNKNOWN_METHOD) {
          return;
        }
        client.close();
        throw BangerClient.error(line.get("error"));
      }
      if (!line.has("method")) {
        if (line.get("id").number(-1) != ID) {
          throw new MalformedJsonException("it is for another request");
        }
        client.met(line.get("result"));
        return;
      }
    }
  }

  /** By the jar's manifest: reading it takes milliseconds, which the command line does not have. */
  private static String library() {
    String version = Hello.class.getPackage().getImplementationVersion();
    return version == null ? "banger-client" : "banger-client " + version;
  }
}
