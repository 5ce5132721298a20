package dev.banger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteFramesTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    byte[] large = new byte[ByteFrames.MAX_PAYLOAD];
    new SplittableRandom(1).nextBytes(large);

    ByteFrames.write(out, ByteFrames.STDOUT, large, 0, large.length);
    ByteFrames.write(out, ByteFrames.STDERR, large, 7, 3);
    ByteFrames.writeEnd(out, ByteFrames.STDOUT);
    ByteFrames.writeSignal(out, 255);
    ByteFrames.writeResize(out, 24, 65_600);
    ByteFrames.writeExit(out, -2);
    ByteFrames.writeError(out, "naïve");

    var in = new ByteArrayInputStream(out.toByteArray());
    assertThat(ByteFrames.read(in).payload()).isEqualTo(large);
    assertThat(ByteFrames.read(in).payload()).containsExactly(large[7], large[8], large[9]);
    assertThat(ByteFrames.read(in).isEndOfStream()).isTrue();
    assertThat(ByteFrames.read(in).signal()).isEqualTo(255);
    ByteFrame resize = ByteFrames.read(in);
    assertThat(resize.rows()).isEqualTo(24);
    assertThat(resize.columns()).isEqualTo(65_535);
    assertThat(ByteFrames.read(in).exitCode()).isEqualTo(-2);
    assertThat(ByteFrames.read(in).text()).isEqualTo("naïve");
    assertThat(ByteFrames.read(in)).isNull();
  }

  @Test
  void moreThanOneFrameHoldsIsSplit() throws IOException {
    byte[] bytes = new byte[ByteFrames.MAX_PAYLOAD + 1];
    ByteFrames.writeAll(out, ByteFrames.STDIN, bytes);

    var in = new ByteArrayInputStream(out.toByteArray());
    assertThat(ByteFrames.read(in).payload()).hasSize(ByteFrames.MAX_PAYLOAD);
    assertThat(ByteFrames.read(in).payload()).hasSize(1);
    assertThat(ByteFrames.read(in)).isNull();
  }

  @Test
  void aStreamThatEndsInsideAFrameIsNotTakenForItsEnd() {
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(2, 0, 0));
    assertThatExceptionOfType(EOFException.class).isThrownBy(() -> read(2, 0, 0, 0, 5, 'a'));
  }

  @Test
  void lengthsAndKindsOutOfRangeAreRefusedBeforeAnythingIsAllocated() {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> read(2, 0x7f, 0xff, 0xff, 0xff))
        .withMessageContaining("2147483647");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> read(2, 0xff, 0xff, 0xff, 0xff))
        .withMessageContaining("4294967295");
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(2, 0, 1, 0, 1));
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(0, 0, 0, 0, 0));
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(8, 0, 0, 0, 0));
  }

  @Test
  void payloadsOfTheWrongSizeAreRefused() throws IOException {
    ByteFrame short2 = read(6, 0, 0, 0, 2, 1, 1);
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(short2::exitCode)
        .withMessage("EXIT frame of 2 bytes, expected 4");
    ByteFrame none = read(4, 0, 0, 0, 1, 0);
    assertThatExceptionOfType(ProtocolException.class).isThrownBy(none::signal);
  }

  private static ByteFrame read(int... bytes) throws IOException {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    return ByteFrames.read(new ByteArrayInputStream(raw));
  }
}
