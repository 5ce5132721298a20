package dev.banger.core.plugins;

import dev.banger.core.lifecycle.GuestJobLink;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A guest that runs its commands as processes of this host. */
final class FakeGuestLink implements GuestLink {
  interface Unpacker {
    void unpack(String directory, InputStream tar) throws IOException;
  }

  private final Unpacker unpacker;
  final List<Process> started = new ArrayList<>();

  FakeGuestLink(Unpacker unpacker) {
    this.unpacker = unpacker;
  }

  @Override
  public FileStatus stat(String path, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String growWorkDisk(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public GuestProcess exec(ExecSpec spec, Duration deadline) {
    Process process;
    try {
      process = new ProcessBuilder(spec.command()).start();
    } catch (IOException e) {
      throw new BangerException(ErrorKind.NOT_FOUND, "no such command in the guest");
    }
    started.add(process);
    return new Running(process);
  }

  private record Running(Process process) implements GuestProcess {
    @Override
    public OutputStream stdin() {
      return process.getOutputStream();
    }

    @Override
    public InputStream stdout() {
      return process.getInputStream();
    }

    @Override
    public InputStream stderr() {
      return process.getErrorStream();
    }

    @Override
    public void signal(int number) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void resize(int rows, int cols) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Integer> exit() {
      return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Override
  public void putTar(String directory, InputStream tar, Duration idleLimit) {
    try {
      unpacker.unpack(directory, tar);
    } catch (IOException e) {
      throw new BangerException(ErrorKind.GUEST, "the guest lost it: " + e.getMessage());
    }
  }

  @Override
  public Hello hello() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void bootstrap(Bootstrap bootstrap, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Health health(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void getTar(String path, OutputStream sink, Duration idleLimit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setClock(Instant now, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Connection dial(int port, Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Listener> listeners(Duration deadline) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void watchListeners(ListenerWatcher watcher) {
    throw new UnsupportedOperationException();
  }

  @Override
  public GuestJobLink jobs() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public CompletableFuture<Void> onClose() {
    return new CompletableFuture<>();
  }

  @Override
  public void close() {
    throw new AssertionError("the link belongs to the core");
  }
}
