package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.JobConnection;
import dev.banger.api.JobView;
import dev.banger.api.TerminalStreams;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A look at a session that goes on when the link to the guest breaks or its agent dies: it connects
 * again from where it was, so that nothing is read twice and nothing is left out. One thread reads,
 * one other may send.
 */
final class Reader implements AutoCloseable {
  /** How long a guest may be silent before it is given up. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Named session;
  private final JobView view;
  private final Unsent unsent;
  private Cursor cursor;
  private JobConnection connection;
  private TerminalStreams.Size size;
  private Thread waiting;
  private boolean broken;
  private boolean closed;

  // What follows belongs to whoever holds this; it is held while waiting for the session to read.
  private final ReentrantLock sending = new ReentrantLock();
  private JobConnection told;
  private boolean inputEnded;

  /**
   * @throws CapabilityException as {@link dev.banger.api.GuestJobs#connect} has it
   */
  Reader(Named session, Cursor from, JobView view) throws InterruptedException {
    this.session = session;
    this.view = view;
    this.cursor = from;
    this.connection = connect();
    this.told = connection;
    this.unsent = new Unsent(connection.job().inputBytes());
    GuestJob job = connection.job();
    cursor = new Cursor(start(from.stdout(), job.stdout()), start(from.stderr(), job.stderr()));
  }

  private static long start(long asked, GuestJob.Kept kept) {
    if (asked == JobView.NOW) {
      return kept.to();
    }
    return asked == JobView.OLDEST ? kept.from() : asked;
  }

  private JobConnection connect() throws InterruptedException {
    JobView from =
        new JobView(cursor.stdout(), cursor.stderr(), view.follow(), view.insist(), view.input());
    return session.connect(from);
  }

  /** The session as it was when the connection of now was made. */
  synchronized GuestJob job() {
    return connection.job();
  }

  /** After all that was read. Not while another thread reads. */
  Cursor cursor() {
    return cursor;
  }

  /**
   * What comes next, see {@link JobConnection#next}.
   *
   * @return also null when this was closed
   * @throws CapabilityException when the guest is silent for a minute, or the session is gone
   */
  JobConnection.Event next() throws InterruptedException {
    if (!begins()) {
      return null;
    }
    try {
      JobConnection.Event event = await();
      advance(event);
      return event;
    } catch (InterruptedException e) {
      if (isClosed()) {
        return null;
      }
      throw e;
    } finally {
      end();
    }
  }

  private JobConnection.Event await() throws InterruptedException {
    while (true) {
      JobConnection now = current();
      try {
        return now.next();
      } catch (IOException e) {
        again(now, e);
      }
    }
  }

  private synchronized boolean begins() {
    waiting = Thread.currentThread();
    return !closed;
  }

  /** From here on {@link #close} interrupts nobody; what it did before is taken back. */
  private synchronized void end() {
    if (closed) {
      var _ = Thread.interrupted();
    }
    waiting = null;
  }

  private void advance(JobConnection.Event event) {
    switch (event) {
      case JobConnection.Output output ->
          move(output.error(), output.position() + output.bytes().length);
      case JobConnection.Dropped dropped -> move(dropped.error(), dropped.to());
      case JobConnection.Ended ended -> {}
      case null -> {}
    }
  }

  private void move(boolean error, long position) {
    cursor = error ? cursor.withStderr(position) : cursor.withStdout(position);
  }

  private synchronized JobConnection current() {
    return connection;
  }

  /** Connects anew, with pauses that grow. What was sent and did not arrive is sent again. */
  private void again(JobConnection lost, IOException first) throws InterruptedException {
    synchronized (this) {
      broken = true;
    }
    lost.close();
    long end = System.nanoTime() + PATIENCE.toNanos();
    Duration pause = FIRST_PAUSE;
    while (!isClosed()) {
      try {
        take(connect());
        return;
      } catch (CapabilityException e) {
        if (!passes(e.kind())) {
          throw e;
        }
        if (System.nanoTime() - end > 0) {
          e.addSuppressed(first);
          throw e;
        }
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
    throw new InterruptedException("closed");
  }

  /** Whether it may be over soon: the link comes back, the old connection's claim lapses. */
  private static boolean passes(FailureKind kind) {
    return switch (kind) {
      case GUEST, TIMEOUT, UNAVAILABLE, CONFLICT -> true;
      default -> false;
    };
  }

  private void take(JobConnection fresh) {
    synchronized (this) {
      connection = fresh;
      broken = false;
      if (closed) {
        fresh.close();
      }
      notifyAll();
    }
    // Beside: the session may have to be read from before it takes more.
    Thread.ofVirtual().name("session-resend").start(this::resend);
  }

  private void resend() {
    try {
      tellSize();
      send(new byte[0], 0, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends; when the link breaks meanwhile, goes on once there is another. */
  void write(byte[] bytes, int length) throws InterruptedException {
    send(bytes, length, false);
  }

  void endInput() throws InterruptedException {
    send(new byte[0], 0, true);
  }

  private void send(byte[] bytes, int length, boolean end) throws InterruptedException {
    sending.lockInterruptibly();
    try {
      unsent.add(bytes, length);
      inputEnded |= end;
      boolean tried = false;
      for (JobConnection now = usable(); !isClosed(); now = usable()) {
        boolean isNew = !told.equals(now);
        told = now;
        try {
          if (isNew && view.input() == JobView.Input.ALONE) {
            byte[] rest = unsent.after(now.job().inputBytes());
            now.write(rest, 0, rest.length);
          } else if (!tried) {
            // With others typing too nobody can tell whose bytes arrived: they are sent once.
            tried = true;
            now.write(bytes, 0, length);
          }
          if (inputEnded && (end || (isNew && now.job().inputOpen()))) {
            now.endInput();
          }
          return;
        } catch (IOException e) {
          awaitOther(now);
        }
      }
    } finally {
      sending.unlock();
    }
  }

  void resize(TerminalStreams.Size now) {
    synchronized (this) {
      size = now;
    }
    tellSize();
  }

  /** Not in the monitor: a session that does not take its input holds up whoever tells it. */
  private void tellSize() {
    JobConnection now;
    TerminalStreams.Size wanted;
    synchronized (this) {
      now = connection;
      wanted = size;
    }
    if (wanted != null) {
      try {
        now.resize(wanted);
      } catch (IOException e) {
        // The next connection is told.
      }
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** A connection that is not known to be lost. */
  private synchronized JobConnection usable() throws InterruptedException {
    while (broken && !closed) {
      wait();
    }
    return connection;
  }

  private synchronized void awaitOther(JobConnection lost) throws InterruptedException {
    while (connection.equals(lost) && !closed) {
      wait();
    }
  }

  /** Ends a {@link #next} that waits. May be repeated, from any thread. */
  @Override
  public synchronized void close() {
    closed = true;
    connection.close();
    if (waiting != null) {
      waiting.interrupt();
    }
    notifyAll();
  }
}
