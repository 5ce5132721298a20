package dev.banger.plugin.workspace;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/** Two at once, one writing what the other reads; the writer waits while the reader is slow. */
final class Conveyor {
  private Conveyor() {}

  interface Writer<T> {
    T writeTo(OutputStream out) throws Exception;
  }

  interface Reader<T> {
    T readFrom(InputStream in) throws Exception;
  }

  interface Ends<A, B, T> {
    T of(A written, B read) throws Exception;
  }

  /**
   * Runs the writer on a thread of its own and the reader on the caller's. When the reader throws,
   * the writer is broken off; what the writer refused before counts more.
   */
  static <A, B, T> T join(Writer<A> writer, Reader<B> reader, Ends<A, B, T> ends) throws Exception {
    Pipe pipe = Pipe.open();
    AtomicReference<RuntimeException> refusal = new AtomicReference<>();
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        Pipe.SourceChannel source = pipe.source()) {
      Future<A> writing = thread.submit(() -> write(writer, pipe.sink(), refusal));
      B read;
      try {
        read = reader.readFrom(Channels.newInputStream(source));
      } catch (Exception e) {
        // Known before the reader could see the end: a refusal is what it stumbled over.
        RuntimeException cause = refusal.get();
        source.close();
        writing.cancel(true);
        throw cause == null ? e : cause;
      }
      return ends.of(result(writing), read);
    }
  }

  private static <A> A write(
      Writer<A> writer, Pipe.SinkChannel sink, AtomicReference<RuntimeException> refusal)
      throws Exception {
    try (OutputStream out = Channels.newOutputStream(sink)) {
      try {
        return writer.writeTo(out);
      } catch (RuntimeException e) {
        refusal.set(e);
        throw e;
      }
    }
  }

  private static <A> A result(Future<A> writing) throws Exception {
    try {
      return writing.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
