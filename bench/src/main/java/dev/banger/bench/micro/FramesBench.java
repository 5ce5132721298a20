package dev.banger.bench.micro;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One frame of a command's output, written and read; {@link #copy} moves the same bytes bare. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FramesBench {
  /** Bytes: a key stroke, a line, a full frame. */
  @Param({"1", "80", "65536"})
  public int size;

  private byte[] payload;
  private ByteArrayOutputStream out;

  @Setup
  public void prepare() {
    payload = new byte[size];
    out = new ByteArrayOutputStream(size + 16);
  }

  @Benchmark
  public ByteFrame frame() throws IOException {
    out.reset();
    ByteFrames.write(out, ByteFrames.STDOUT, payload, 0, size);
    return ByteFrames.read(new ByteArrayInputStream(out.toByteArray()));
  }

  @Benchmark
  public byte[] copy() {
    out.reset();
    out.write(payload, 0, size);
    return Arrays.copyOf(out.toByteArray(), size);
  }
}
