package dev.banger.core.plugins;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestListener;
import dev.banger.api.GuestPath;
import dev.banger.api.GuestResult;
import dev.banger.api.TarSink;
import dev.banger.api.TarSource;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** What plugins do in a guest, in terms of a {@link GuestLink}. */
final class GuestCalls {
  private static final int KEPT_BYTES = 1 << 20;
  private static final int PIPE_BYTES = 256 * 1024;
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(60);

  /** Prints one word for what is at {@code $1}; runs in any POSIX shell. */
  private static final String LOOK =
      """
      if [ -d "$1" ]; then
        for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do
          if [ -e "$f" ] || [ -L "$f" ]; then echo directory; exit 0; fi
        done
        echo empty
      elif [ -f "$1" ]; then echo file
      elif [ -e "$1" ] || [ -L "$1" ]; then echo other
      else echo absent
      fi
      """;

  private GuestCalls() {}

  static List<GuestListener> listeners(List<GuestLink.Listener> all) {
    return all.stream()
        .map(
            one ->
                new GuestListener(
                    one.protocol(),
                    one.address(),
                    one.port(),
                    one.pid(),
                    one.process(),
                    one.command(),
                    one.elsewhere()))
        .toList();
  }

  static GuestResult exec(GuestLink link, GuestCommand command, Duration deadline)
      throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    GuestLink.ExecSpec spec =
        new GuestLink.ExecSpec(command.argv(), command.cwd(), command.env(), false, 0, 0);
    // What broke on the host's side: the command's end is only its echo.
    AtomicReference<Exception> broken = new AtomicReference<>();
    try (GuestLink.GuestProcess process = link.exec(spec, deadline)) {
      Consumer<Exception> hangUp =
          cause -> {
            broken.compareAndSet(null, cause);
            process.close();
          };
      command
          .stdin()
          .ifPresentOrElse(
              in -> Thread.ofVirtual().name("guest-stdin").start(() -> feed(in, process, hangUp)),
              () -> closeInput(process));
      Kept out = new Kept(process.stdout(), command.stdout(), hangUp, "guest-stdout");
      Kept err = new Kept(process.stderr(), Optional.empty(), hangUp, "guest-stderr");
      int exitCode = within(process.exit(), end, command.argv().getFirst(), deadline);
      String stdout = within(out.done, end, command.argv().getFirst(), deadline);
      String stderr = within(err.done, end, command.argv().getFirst(), deadline);
      if (broken.get() != null) {
        throw broken(broken.get());
      }
      return new GuestResult(exitCode, stdout, stderr, out.truncated || err.truncated);
    } catch (BangerException e) {
      throw broken.get() == null ? e : broken(broken.get());
    }
  }

  private static RuntimeException broken(Exception cause) {
    return cause instanceof RuntimeException known
        ? known
        : new BangerException(
            ErrorKind.HOST,
            "what goes to or comes from the guest broke off: " + cause.getMessage(),
            "",
            List.of(),
            cause);
  }

  /** A command may end without having read all; only what breaks on this side ends the command. */
  private static void feed(
      InputStream in, GuestLink.GuestProcess process, Consumer<Exception> hangUp) {
    byte[] buffer = new byte[32 * 1024];
    while (true) {
      int count;
      try {
        count = in.read(buffer);
      } catch (IOException | RuntimeException e) {
        hangUp.accept(e);
        return;
      }
      if (count < 0) {
        closeInput(process);
        return;
      }
      try {
        process.stdin().write(buffer, 0, count);
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void closeInput(GuestLink.GuestProcess process) {
    try {
      process.stdin().close();
    } catch (IOException e) {
      // The command is gone already; its exit code tells the story.
    }
  }

  private static <T> T within(
      CompletableFuture<T> future, long end, String program, Duration deadline)
      throws InterruptedException {
    try {
      return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "%s did not finish in the guest within %s".formatted(program, Durations.words(deadline)));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof BangerException known
          ? known
          : new BangerException(
              ErrorKind.GUEST,
              "the guest went away during %s: %s".formatted(program, e.getCause().getMessage()),
              "",
              List.of(),
              e.getCause());
    }
  }

  static GuestPath stat(GuestLink link, String path, Duration deadline)
      throws InterruptedException {
    GuestResult result =
        exec(
            link, GuestCommand.of(deadline, "/bin/sh", "-c", LOOK, "look", path).in("/"), deadline);
    return switch (result.stdout().strip()) {
      case "absent" -> GuestPath.ABSENT;
      case "empty" -> GuestPath.EMPTY_DIRECTORY;
      case "directory" -> GuestPath.DIRECTORY;
      case "file" -> GuestPath.FILE;
      case "other" -> GuestPath.OTHER;
      default ->
          throw new BangerException(
              ErrorKind.GUEST,
              "the guest could not say what is at %s (exit code %d)"
                  .formatted(path, result.exitCode()));
    };
  }

  /** The archive is written on this thread, by the plugin; the link reads it on another. */
  static void putTar(GuestLink link, String directory, TarSource tar, Duration deadline)
      throws Exception {
    long end = System.nanoTime() + deadline.toNanos();
    Pipe pipe = new Pipe(PIPE_BYTES);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Thread sender =
        Thread.ofVirtual()
            .name("guest-put-tar")
            .start(
                () -> {
                  // The outcome is set before the pipe breaks: who finds it broken asks why.
                  try {
                    link.putTar(directory, pipe.in(), IDLE_LIMIT);
                    sent.complete(null);
                    pipe.discard();
                  } catch (Throwable e) {
                    sent.completeExceptionally(e);
                    pipe.fail(new IOException("the receiver went away"));
                  }
                });
    Thread watchdog =
        Thread.ofVirtual().name("guest-put-tar-deadline").start(() -> failLate(pipe, sent, end));
    try {
      try {
        OutputStream out = pipe.out();
        tar.writeTo(out);
        out.close();
      } catch (Throwable e) {
        pipe.fail(new IOException("the archive was cut short"));
        throw blame(e, sent, end);
      }
      within(sent, end, "unpacking " + directory, deadline);
    } finally {
      pipe.fail(new IOException("the transfer is over"));
      watchdog.interrupt();
      sender.interrupt();
    }
  }

  /** The archive is read on this thread, by the plugin; the link writes it on another. */
  static void getTar(GuestLink link, String path, TarSink tar, Duration deadline) throws Exception {
    long end = System.nanoTime() + deadline.toNanos();
    Pipe pipe = new Pipe(PIPE_BYTES);
    CompletableFuture<Void> sent = new CompletableFuture<>();
    Thread sender =
        Thread.ofVirtual()
            .name("guest-get-tar")
            .start(
                () -> {
                  try {
                    OutputStream out = pipe.out();
                    link.getTar(path, out, IDLE_LIMIT);
                    sent.complete(null);
                    out.close();
                  } catch (Throwable e) {
                    sent.completeExceptionally(e);
                    pipe.fail(new IOException("the sender went away"));
                  }
                });
    Thread watchdog =
        Thread.ofVirtual().name("guest-get-tar-deadline").start(() -> failLate(pipe, sent, end));
    try {
      try (InputStream in = pipe.in()) {
        tar.readFrom(in);
        in.transferTo(OutputStream.nullOutputStream());
      } catch (Throwable e) {
        pipe.fail(new IOException("the archive is not wanted any more"));
        throw blame(e, sent, end);
      }
      within(sent, end, "reading " + path, deadline);
    } finally {
      pipe.fail(new IOException("the transfer is over"));
      watchdog.interrupt();
      sender.interrupt();
    }
  }

  /** When the guest failed first, the plugin's broken pipe is only the echo of it. */
  private static Exception blame(Throwable thrown, CompletableFuture<Void> sent, long end)
      throws InterruptedException {
    if (sent.isCompletedExceptionally() && thrown instanceof IOException) {
      within(sent, end, "unpacking", Duration.ZERO);
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    return (Exception) thrown;
  }

  private static void failLate(Pipe pipe, CompletableFuture<Void> sent, long end) {
    try {
      sent.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      sent.completeExceptionally(
          new BangerException(ErrorKind.TIMEOUT, "the guest did not pass all files in time"));
      pipe.fail(new IOException("the transfer took too long"));
    } catch (ExecutionException | InterruptedException e) {
      // Over in one way or another; whoever waits for it reports it.
    }
  }

  /** The first bytes of a stream; the rest is read and thrown away. */
  private static final class Kept {
    private final CompletableFuture<String> done = new CompletableFuture<>();
    private volatile boolean truncated;

    /**
     * @param sink takes everything instead, if there is one; when it breaks, so does the command
     */
    Kept(InputStream from, Optional<OutputStream> sink, Consumer<Exception> hangUp, String name) {
      Thread.ofVirtual()
          .name(name)
          .start(
              () -> {
                ByteArrayOutputStream kept = new ByteArrayOutputStream();
                try (from) {
                  byte[] buffer = new byte[16 * 1024];
                  for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                    if (sink.isPresent() && !pass(sink.get(), buffer, count, hangUp)) {
                      return;
                    } else if (sink.isEmpty()) {
                      int wanted = Math.min(count, KEPT_BYTES - kept.size());
                      kept.write(buffer, 0, wanted);
                      truncated |= wanted < count;
                    }
                  }
                } catch (IOException e) {
                  // The command was hung up; what came until then is what there is.
                } finally {
                  done.complete(kept.toString(StandardCharsets.UTF_8));
                }
              });
    }

    private static boolean pass(
        OutputStream sink, byte[] buffer, int count, Consumer<Exception> hangUp) {
      try {
        sink.write(buffer, 0, count);
        return true;
      } catch (IOException | RuntimeException e) {
        hangUp.accept(e);
        return false;
      }
    }
  }
}
