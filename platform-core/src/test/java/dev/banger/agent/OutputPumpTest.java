package dev.banger.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutputPumpTest {
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  @Test
  void outputIsSentThoughTheThreadThatReadsItComesToRunLate() throws Exception {
    byte[] output = "late".getBytes(StandardCharsets.UTF_8);
    OutputPump pump = new OutputPump(new ByteArrayInputStream(output), ByteFrames.STDOUT, sent);
    Thread waiting = Threads.start("waiting", () -> awaitEnd(pump));

    // Ten times what an output may be silent for.
    assertThat(waiting.join(Duration.ofMillis(400))).isFalse();
    pump.run();
    waiting.join();

    var in = new ByteArrayInputStream(sent.toByteArray());
    assertThat(ByteFrames.read(in).payload()).isEqualTo(output);
    assertThat(ByteFrames.read(in).isEndOfStream()).isTrue();
  }

  @Test
  void anOutputThatSomebodyElseKeepsOpenIsGivenUp() throws Exception {
    PipedInputStream from = new PipedInputStream();
    try (PipedOutputStream kept = new PipedOutputStream(from)) {
      OutputPump pump = new OutputPump(from, ByteFrames.STDOUT, sent);
      Thread reading = Threads.start("reading", pump);
      awaitEnd(pump);

      kept.write('x');
      kept.close();
      reading.join();
      assertThat(sent.size()).isZero();
    }
  }

  private static void awaitEnd(OutputPump pump) {
    try {
      pump.awaitEnd(40);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
