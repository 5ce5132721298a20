package dev.banger.plugin.workspace;

import dev.banger.api.Progress;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Counts what goes to the guest, and tells whoever waits, once a second at most. */
final class Meter {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final Progress progress;
  private final String stage;
  private final LongSupplier nanoTime;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong told;

  Meter(Progress progress, String stage, LongSupplier nanoTime) {
    this.progress = progress;
    this.stage = stage;
    this.nanoTime = nanoTime;
    this.told = new AtomicLong(nanoTime.getAsLong());
  }

  long bytes() {
    return bytes.get();
  }

  private void add(long count) {
    long all = bytes.addAndGet(count);
    long now = nanoTime.getAsLong();
    long last = told.get();
    if (now - last >= PAUSE && told.compareAndSet(last, now)) {
      progress.note(stage, Tally.size(all) + " so far");
    }
  }

  OutputStream counting(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
        add(1);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        out.write(buffer, offset, length);
        add(length);
      }
    };
  }

  InputStream counting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int b = in.read();
        add(b < 0 ? 0 : 1);
        return b;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = in.read(buffer, offset, length);
        add(Math.max(0, count));
        return count;
      }
    };
  }
}
