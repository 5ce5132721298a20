package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A tool of the host that runs while its output is read. Its failure is the reader's; a reader that
 * closes this ends it.
 */
final class Running implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Pipe pipe = new Pipe(BUFFER);
  private final Thread thread;
  private volatile RuntimeException failure;

  private Running(CapabilityHost host, ToolCall call, String what) {
    thread = Thread.ofVirtual().name("workspace-" + what).start(() -> run(host, call, what));
  }

  /**
   * @param call without a standard output of its own
   * @param what for messages
   */
  static Running of(CapabilityHost host, ToolCall call, String what) {
    return new Running(host, call, what);
  }

  private void run(CapabilityHost host, ToolCall call, String what) {
    try {
      ToolResult result = host.run(call.withStdout(pipe.out()));
      Git.insist(what, result);
      pipe.end();
    } catch (InterruptedException e) {
      pipe.fail(new IOException("git " + what + " was ended"));
    } catch (RuntimeException e) {
      failure = e;
      pipe.fail(new IOException(e.getMessage(), e));
    }
  }

  /** Its end comes when the tool has ended well; else reading fails. */
  InputStream out() {
    return pipe.in();
  }

  /** Tells the tool's own failure, of which a broken stream is only the echo. */
  void insist() {
    if (failure != null) {
      throw new CapabilityException(FailureKind.HOST, failure.getMessage(), "", failure);
    }
  }

  /** Ends the tool if it still runs, and waits for that. */
  @Override
  public void close() {
    pipe.fail(new IOException("nobody reads it any more"));
    thread.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      thread.join(GRACE);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
