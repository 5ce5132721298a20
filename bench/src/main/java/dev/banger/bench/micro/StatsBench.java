package dev.banger.bench.micro;

import dev.banger.core.host.ProcessMeter;
import dev.banger.core.host.ProcessTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One round of the watch over CPU time, as with that many VMs; {@link #lookUp} is what the same
 * processes cost when they are looked up in full, {@link #ps} what one {@code ps} of the host does.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class StatsBench {
  @Param({"200"})
  public int vms;

  private final ProcessMeter meter = new ProcessMeter();
  private final ProcessTable table = new ProcessTable();
  private final byte[] buffer = new byte[ProcessMeter.BUFFER];
  private final List<Process> processes = new ArrayList<>();
  private long[] pids;
  private long[] starts;

  @Setup(Level.Trial)
  public void start() throws IOException {
    pids = new long[vms];
    starts = new long[vms];
    for (int i = 0; i < vms; i++) {
      Process process = new ProcessBuilder("sleep", "600").start();
      processes.add(process);
      pids[i] = process.pid();
      starts[i] = table.find(process.pid()).orElseThrow().startTicks();
    }
  }

  @TearDown(Level.Trial)
  public void stop() {
    processes.forEach(Process::destroyForcibly);
  }

  @Benchmark
  public long sample() {
    long ticks = 0;
    for (int i = 0; i < vms; i++) {
      long used = meter.cpuTicks(pids[i], starts[i], buffer);
      if (used == ProcessMeter.UNKNOWN) {
        throw new IllegalStateException("process " + pids[i] + " is gone");
      }
      ticks += used;
    }
    return ticks;
  }

  @Benchmark
  public int lookUp() {
    int found = 0;
    for (int i = 0; i < vms; i++) {
      found += table.findAlive(pids[i], starts[i]).isPresent() ? 1 : 0;
    }
    return found;
  }

  @Benchmark
  public int ps() throws IOException, InterruptedException {
    return new ProcessBuilder("ps", "-e", "-o", "pid,time,rss")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
