package dev.banger.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class JobFrameTest {
  @Test
  void output_is_read_back_with_its_position() throws IOException {
    var out = new ByteArrayOutputStream();
    JobFrame.write(out, JobFrame.STDERR, 1L << 40, new byte[] {1, 2, 3}, 2);
    JobFrame.writeDropped(out, JobFrame.STDOUT_DROPPED, 5, 9);
    var in = Bytes.stream(out.toByteArray());

    JobFrame first = JobFrame.read(in);
    JobFrame second = JobFrame.read(in);

    assertThat(first.kind()).isEqualTo(JobFrame.STDERR);
    assertThat(first.position()).isEqualTo(1L << 40);
    assertThat(first.rest()).containsExactly(1, 2);
    assertThat(second.position()).isEqualTo(5);
    assertThat(second.droppedTo()).isEqualTo(9);
    assertThat(JobFrame.read(in)).isNull();
  }

  @Test
  void a_frame_that_lies_is_refused_before_anything_is_allocated() {
    refuses(15, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    refuses(21, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    refuses(16, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0);
    refuses(16, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0);
    refuses(16, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0);
    refuses(16, 0, 0, 0, 8, 0x80, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void what_was_dropped_ends_behind_its_beginning() {
    byte[] same = {0, 0, 0, 0, 0, 0, 0, 7};
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> new JobFrame(JobFrame.STDOUT_DROPPED, 7, same).droppedTo());
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> new JobFrame(JobFrame.STDOUT_DROPPED, 7, new byte[7]).droppedTo());
  }

  @Test
  void a_frame_that_ends_early_is_no_end() throws IOException {
    var out = new ByteArrayOutputStream();
    JobFrame.write(out, JobFrame.STDOUT, 0, new byte[3], 3);
    for (int length = 1; length < out.size(); length++) {
      byte[] part = Arrays.copyOf(out.toByteArray(), length);
      assertThatExceptionOfType(EOFException.class)
          .isThrownBy(() -> JobFrame.read(Bytes.stream(part)));
    }
  }

  private static void refuses(int... bytes) {
    byte[] frame = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      frame[i] = (byte) bytes[i];
    }
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> JobFrame.read(Bytes.stream(frame)));
  }
}
