package dev.banger.protocol;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

final class Bytes {
  private Bytes() {}

  static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static InputStream stream(byte[]... parts) {
    return new ByteArrayInputStream(join(parts));
  }

  static OutputStream nowhere() {
    return OutputStream.nullOutputStream();
  }
}
