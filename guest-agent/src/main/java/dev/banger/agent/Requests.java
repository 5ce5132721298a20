package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.MuxStream;
import dev.banger.protocol.Protocol;
import dev.banger.protocol.StreamResetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Reads the request on a stream and has it carried out. Whatever goes wrong ends this stream only.
 */
final class Requests {
  private static final long REQUEST_SECONDS = 30;
  private static final long LINGER_SECONDS = 30;

  private final Surroundings surroundings;
  private final HealthReader health;
  private final Jobs jobs;
  private final ListenerService listeners = new ListenerService();

  Requests(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.health = new HealthReader(surroundings);
    this.jobs = new Jobs(surroundings);
  }

  /** Goes on with what an agent before this one began. */
  void resume() {
    jobs.resume();
  }

  void serve(MuxStream stream) {
    try {
      limit(stream, REQUEST_SECONDS);
      GuestMessage request = MessageCodec.read(stream.in());
      stream.clearDeadline();
      answer(stream, request);
      finish(stream);
    } catch (StreamResetException e) {
      // The host has lost interest, or the link is gone.
    } catch (IOException e) {
      Log.line("request: " + e);
    } finally {
      stream.close();
    }
  }

  private void answer(MuxStream stream, GuestMessage request) throws IOException {
    try {
      handle(stream, request);
    } catch (RequestException e) {
      fail(stream, e.kind(), e.getMessage());
    } catch (StreamResetException e) {
      throw e;
    } catch (IOException e) {
      fail(stream, FailureKind.FAILED, Words.of(e));
    } catch (InterruptedException e) {
      fail(stream, FailureKind.FAILED, "interrupted");
    } catch (RuntimeException | Error e) {
      Log.defect(request.kind().toString(), e);
      fail(stream, FailureKind.INTERNAL, e.toString());
    }
  }

  private void handle(MuxStream stream, GuestMessage request)
      throws IOException, RequestException, InterruptedException {
    switch (request.kind()) {
      case GREET -> MessageCodec.write(stream.out(), hello());
      case BOOTSTRAP -> {
        new Bootstrapper(surroundings).run((GuestMessage.Bootstrap) request);
        done(stream);
      }
      case HEALTH -> MessageCodec.write(stream.out(), health.read());
      case EXEC -> new ExecService(surroundings).serve(stream, (GuestMessage.Exec) request);
      case PUT_TAR -> new TarService(surroundings).put(stream, (GuestMessage.PutTar) request);
      case GET_TAR -> new TarService(surroundings).get(stream, (GuestMessage.GetTar) request);
      case STAT -> stat(stream, (GuestMessage.Stat) request);
      case GROW_WORK_DISK -> MessageCodec.write(stream.out(), new WorkDisk(surroundings).grow());
      case SHUTDOWN -> {
        new Power(surroundings).off();
        done(stream);
      }
      case SET_CLOCK -> {
        new Clock(surroundings).set(((GuestMessage.SetClock) request).clockMicros());
        done(stream);
      }
      case DIAL -> Dialer.serve(stream, ((GuestMessage.Dial) request).port());
      case LISTENERS -> listeners.serve(stream, ((GuestMessage.Listeners) request).watch());
      case JOB_START -> jobs.start(stream, (GuestMessage.JobStart) request);
      case JOB_LIST -> jobs.list(stream);
      case JOB_SHOW -> jobs.show(stream, ((GuestMessage.JobShow) request).id());
      case JOB_CONNECT -> jobs.connect(stream, (GuestMessage.JobConnect) request);
      case JOB_SIGNAL -> {
        jobs.signal((GuestMessage.JobSignal) request);
        done(stream);
      }
      case JOB_FORGET -> {
        jobs.forget(((GuestMessage.JobForget) request).id());
        done(stream);
      }
      case HELLO,
          DONE,
          FAILURE,
          STARTED,
          HEALTH_REPORT,
          STAT_REPORT,
          LISTENERS_REPORT,
          JOB_REPORT,
          GROW_REPORT ->
          throw new RequestException(FailureKind.INVALID, request.kind() + " is not a request");
    }
  }

  private static GuestMessage.Hello hello() throws IOException {
    return new GuestMessage.Hello(
        Protocol.GENERATION,
        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        Agent.VERSION);
  }

  private void stat(MuxStream stream, GuestMessage.Stat request)
      throws IOException, RequestException {
    Path path = TarService.absolute(request.path());
    MessageCodec.write(
        stream.out(), new GuestMessage.StatReport(Files.exists(path), Files.isDirectory(path)));
  }

  private static void done(MuxStream stream) throws IOException {
    MessageCodec.write(stream.out(), new GuestMessage.Done());
  }

  private static void fail(MuxStream stream, FailureKind kind, String text) throws IOException {
    MessageCodec.write(stream.out(), new GuestMessage.Failure(kind, Words.cut(text)));
  }

  /**
   * Ends this direction and waits for the host to end the other, so that the answer is not lost.
   */
  private static void finish(MuxStream stream) throws IOException {
    stream.out().close();
    limit(stream, LINGER_SECONDS);
    InputStream in = stream.in();
    byte[] ignored = new byte[8 * 1024];
    int count = in.read(ignored);
    while (count >= 0) {
      limit(stream, LINGER_SECONDS);
      count = in.read(ignored);
    }
  }

  private static void limit(MuxStream stream, long seconds) {
    stream.setDeadline(System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds));
  }
}
