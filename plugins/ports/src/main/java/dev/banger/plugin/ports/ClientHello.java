package dev.banger.plugin.ports;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** The first bytes of a TLS client, and what a TLS server answers to them. */
final class ClientHello {
  private static final int HANDSHAKE = 22;
  private static final int ALERT = 21;
  private static final int MAJOR = 3;
  private static final int LAST_MINOR = 4;
  private static final int SERVER_HELLO = 2;

  /** Kind, version and length of a record, and the kind of the message in it. */
  static final int ENOUGH = 6;

  private ClientHello() {}

  private static final class Context {
    static final SSLContext SHARED = make();

    private static SSLContext make() {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        // The handshake is never finished: whom the certificate names plays no part.
        context.init(null, new TrustManager[0], null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has TLS", e);
      }
    }
  }

  /**
   * @param name the server's name, for servers that have several
   */
  static byte[] of(String name) throws IOException {
    SSLEngine engine = Context.SHARED.createSSLEngine(name, 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    engine.setSSLParameters(parameters);
    engine.beginHandshake();
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    hello.flip();
    byte[] bytes = new byte[hello.remaining()];
    hello.get(bytes);
    return bytes;
  }

  /**
   * Whether these are the first bytes of a TLS server; a refusal in TLS is one too, an echo of what
   * was said is none.
   *
   * @param bytes {@link #ENOUGH} of them tell
   */
  static boolean isAnswered(byte[] bytes) {
    if (bytes.length < ENOUGH || bytes[1] != MAJOR || bytes[2] > LAST_MINOR) {
      return false;
    }
    return bytes[0] == ALERT || (bytes[0] == HANDSHAKE && bytes[5] == SERVER_HELLO);
  }
}
