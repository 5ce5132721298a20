package dev.banger.core.store;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.Closeable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One SQLite file: one writer, {@value #READERS} readers. Thread-safe.
 *
 * <p>A write is one {@code BEGIN IMMEDIATE} transaction, committed with {@code synchronous=FULL}
 * before {@link #write} returns, so that what was answered survives a power cut. It is never
 * deferred: a read that becomes a write half-way can fail with BUSY at once, whatever the busy
 * timeout.
 *
 * <p>Waiting for a turn ignores interrupts on purpose: a cancelled operation must still be able to
 * write down what became of its VM. Work is short; it never calls anything but SQLite.
 *
 * <p>All failures are {@link BangerException}s that name the file.
 */
public final class Database implements Closeable {
  private static final int READERS = 2;

  private final Path file;
  private final Connection writer;
  private final ReentrantLock writing = new ReentrantLock(true);
  private final Deque<Connection> idleReaders = new ArrayDeque<>();
  private final Semaphore reading = new Semaphore(READERS, true);
  private boolean closed;

  /** Counts what may have changed the file; even the failed ones. */
  private final AtomicLong writes = new AtomicLong();

  /** Whether the writer's commits are forced to disk. Guarded by {@link #writing}. */
  private boolean forced = true;

  /** Statements on one connection, inside one transaction. */
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  private Database(Path file, Connection writer, List<Connection> readers) {
    this.file = file;
    this.writer = writer;
    this.idleReaders.addAll(readers);
  }

  /**
   * Opens or makes the database, checks that it is whole, and migrates it.
   *
   * @throws BangerException of kind HOST when the file is damaged, locked, not accessible or of a
   *     newer banger. A damaged file is never replaced by an empty one: the hint says how to bring
   *     the backup back
   */
  public static Database open(Path file) {
    return open(new Connections(file, Connections.BUSY_TIMEOUT_MILLIS), Migrations.all());
  }

  static Database open(Connections connections, Migrations migrations) {
    Path file = connections.file();
    DatabaseFile.prepare(file);
    List<Connection> opened = new ArrayList<>();
    try {
      Connection writer = connections.writer();
      opened.add(writer);
      IntegrityCheck.insist(file, writer);
      migrations.apply(file, writer);
      DatabaseFile.refreshBackup(file, writer);
      List<Connection> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        Connection reader = connections.reader();
        opened.add(reader);
        readers.add(reader);
      }
      return new Database(file, writer, readers);
    } catch (SQLException e) {
      closeAll(opened);
      throw StoreErrors.translate(file, e);
    } catch (RuntimeException e) {
      closeAll(opened);
      throw e;
    }
  }

  public Path file() {
    return file;
  }

  /** A number that is another one after each write. */
  long version() {
    return writes.get();
  }

  /** Runs {@code work} on a connection that cannot write, on one consistent snapshot. */
  public <T> T read(Work<T> work) {
    reading.acquireUninterruptibly();
    try {
      Connection reader;
      synchronized (idleReaders) {
        if (closed) {
          throw closed();
        }
        reader = idleReaders.removeFirst();
      }
      try {
        return inTransaction(reader, "BEGIN", work);
      } finally {
        synchronized (idleReaders) {
          if (closed) {
            closeAll(List.of(reader));
          } else {
            idleReaders.addFirst(reader);
          }
        }
      }
    } finally {
      reading.release();
    }
  }

  /** Runs {@code work} alone, and commits it; rolls back when it throws. Does not nest. */
  public <T> T write(Work<T> work) {
    return write(work, true);
  }

  /**
   * {@link #write} for what a power cut may take: it is handed to the kernel, so it survives the
   * end of this process, and is forced to disk together with the next {@link #write}.
   */
  public <T> T writeUnforced(Work<T> work) {
    return write(work, false);
  }

  private <T> T write(Work<T> work, boolean force) {
    if (writing.isHeldByCurrentThread()) {
      throw new IllegalStateException("a write transaction inside another");
    }
    writing.lock();
    try {
      synchronized (idleReaders) {
        if (closed) {
          throw closed();
        }
      }
      force(force);
      return inTransaction(writer, "BEGIN IMMEDIATE", work);
    } finally {
      // Behind the commit: what was read before this counts as older, whatever it saw.
      writes.incrementAndGet();
      writing.unlock();
    }
  }

  private void force(boolean wanted) {
    if (forced == wanted) {
      return;
    }
    try (Statement statement = writer.createStatement()) {
      statement.execute(wanted ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
      forced = wanted;
    } catch (SQLException e) {
      throw StoreErrors.translate(file, e);
    }
  }

  private <T> T inTransaction(Connection connection, String begin, Work<T> work) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(begin);
      boolean done = false;
      try {
        T result = work.run(connection);
        statement.execute("COMMIT");
        done = true;
        return result;
      } finally {
        if (!done) {
          rollback(statement);
        }
      }
    } catch (SQLException e) {
      throw StoreErrors.translate(file, e);
    }
  }

  private static void rollback(Statement statement) {
    try {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as it does on a full disk; what failed first is reported.
    }
  }

  private BangerException closed() {
    return new BangerException(
        ErrorKind.UNAVAILABLE, "the daemon is stopping: " + file + " is closed already");
  }

  /** Waits for the write under way, then closes every connection. May be repeated. */
  @Override
  public void close() {
    writing.lock();
    try {
      List<Connection> open = new ArrayList<>();
      synchronized (idleReaders) {
        if (closed) {
          return;
        }
        closed = true;
        open.addAll(idleReaders);
        idleReaders.clear();
      }
      open.add(writer);
      closeAll(open);
    } finally {
      writing.unlock();
    }
  }

  private static void closeAll(List<Connection> connections) {
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (SQLException e) {
        // Nothing is lost: every commit is on disk, and the next open recovers the rest.
      }
    }
  }
}
