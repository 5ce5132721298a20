package dev.banger.core.vmm.firecracker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to an HTTP/1.1 request, as little of it as Firecracker's server uses: a status, a
 * length, a body.
 */
record HttpAnswer(int status, byte[] body) {
  /** Firecracker's longest answer, the VM's configuration, is a few KiB. */
  static final int MAX_BODY = 256 * 1024;

  private static final int MAX_LINE = 1024;
  private static final int MAX_HEADERS = 64;
  private static final int NO_CONTENT = 204;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");

  /**
   * @throws EOFException when it ends early
   * @throws ApiException when it is no answer, or an endless one
   */
  static HttpAnswer read(InputStream in) throws IOException {
    String first = line(in);
    Matcher matcher = STATUS.matcher(first);
    if (!matcher.matches()) {
      throw ApiException.nonsense("the answer does not begin like one", null);
    }
    int status = Integer.parseInt(matcher.group(1));
    OptionalInt length = OptionalInt.empty();
    for (int headers = 0; ; headers++) {
      String header = line(in);
      if (header.isEmpty()) {
        break;
      }
      if (headers >= MAX_HEADERS) {
        throw ApiException.nonsense("the answer has more than %d headers".formatted(headers), null);
      }
      OptionalInt stated = length(header);
      if (stated.isPresent() && length.isPresent() && !stated.equals(length)) {
        throw ApiException.nonsense("the answer states two lengths", null);
      }
      length = stated.isPresent() ? stated : length;
    }
    int count = status == NO_CONTENT ? 0 : length.orElse(0);
    byte[] body = in.readNBytes(count);
    if (body.length < count) {
      throw new EOFException("the answer ends after %d of %d bytes".formatted(body.length, count));
    }
    return new HttpAnswer(status, body);
  }

  boolean ok() {
    return status >= 200 && status < 300;
  }

  private static OptionalInt length(String header) throws ApiException {
    int colon = header.indexOf(':');
    if (colon < 1) {
      throw ApiException.nonsense("the answer has a header without a colon", null);
    }
    String name = header.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    String value = header.substring(colon + 1).strip();
    if (name.equals("transfer-encoding")) {
      throw ApiException.nonsense("the answer comes in chunks", null);
    }
    if (!name.equals("content-length")) {
      return OptionalInt.empty();
    }
    if (!LENGTH.matcher(value).matches() || Integer.parseInt(value) > MAX_BODY) {
      throw ApiException.nonsense(
          "the answer is not of 0 to %d bytes, it says".formatted(MAX_BODY), null);
    }
    return OptionalInt.of(Integer.parseInt(value));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the answer ends in its head");
      }
      if (next == '\n') {
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
      }
      if (line.length() >= MAX_LINE) {
        throw ApiException.nonsense("the answer has an endless line", null);
      }
      line.append((char) next);
    }
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
