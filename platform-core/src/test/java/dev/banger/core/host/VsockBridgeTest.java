package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VsockBridgeTest {
  @TempDir Path dir;
  private final Line line = new Line();

  @Test
  void bytes_go_both_ways_and_the_meeting_place_is_gone() throws Exception {
    try (SocketChannel channel = VsockBridge.bridge(line, meeting())) {
      assertThat(dir).isEmptyDirectory();
      line.incoming.put("from the guest".getBytes(StandardCharsets.UTF_8));
      assertThat(read(channel, 14)).isEqualTo("from the guest");
      channel.write(ByteBuffer.wrap("from the host".getBytes(StandardCharsets.UTF_8)));
      StringBuilder said = new StringBuilder();
      while (said.length() < 13) {
        said.append(new String(line.outgoing.take(), StandardCharsets.UTF_8));
      }
      // A line may take less than it is given.
      assertThat(said).hasToString("from the host");
    }
    assertThat(line.closed.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(line.closes).hasValue(1);
  }

  @Test
  void the_end_of_the_guest_comes_after_its_last_bytes() throws Exception {
    try (SocketChannel channel = VsockBridge.bridge(line, meeting())) {
      line.incoming.put("last".getBytes(StandardCharsets.UTF_8));
      line.shutdown();
      assertThat(read(channel, 4)).isEqualTo("last");
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(line.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(line.closes).hasValue(1);
  }

  @Test
  void without_a_place_to_meet_the_line_is_closed() {
    assertThatThrownBy(() -> VsockBridge.bridge(line, dir.resolve("no/such/a.sock")))
        .isInstanceOf(IOException.class);
    assertThat(line.closes).hasValue(1);
  }

  @Test
  void a_stale_socket_in_the_way_is_replaced() throws Exception {
    Files.createFile(meeting());
    VsockBridge.bridge(line, meeting()).close();
    assertThat(line.closed.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private Path meeting() {
    return dir.resolve("a.sock");
  }

  private static String read(SocketChannel channel, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // until all is there
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }

  private static final class Line implements VsockBridge.Line {
    private static final byte[] END = {};

    private final BlockingQueue<byte[]> incoming = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger closes = new AtomicInteger();

    @Override
    public int read(MemorySegment to) throws IOException {
      try {
        byte[] bytes = incoming.take();
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return bytes.length;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public int write(MemorySegment from) {
      byte[] some = from.asSlice(0, Math.min(5, from.byteSize())).toArray(ValueLayout.JAVA_BYTE);
      outgoing.add(some);
      return some.length;
    }

    @Override
    public void shutdown() {
      incoming.add(END);
    }

    @Override
    public void close() {
      closes.incrementAndGet();
      closed.countDown();
    }
  }
}
