package dev.banger.core.guest;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.protocol.DeadlineException;
import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.Mux;
import dev.banger.protocol.MuxStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Puts requests to the agent, each on a stream of its own. */
final class Requests {
  private final Mux mux;

  Requests(Mux mux) {
    this.mux = mux;
  }

  /** Asks, takes the one answer, and closes the stream. */
  <T extends GuestMessage> T ask(GuestMessage request, Class<T> answer, Deadline deadline) {
    MuxStream stream = open();
    try {
      return exchange(stream, request, answer, deadline);
    } finally {
      stream.close();
    }
  }

  /** Asks for something that goes on: the stream stays open, without a deadline. */
  MuxStream start(GuestMessage request, Deadline deadline) {
    MuxStream stream = open();
    try {
      exchange(stream, request, GuestMessage.Started.class, deadline);
      stream.clearDeadline();
      return stream;
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  /** Asks for something that is answered by several messages; the stream is the caller's. */
  MuxStream pose(GuestMessage request) {
    MuxStream stream = open();
    try {
      MessageCodec.write(stream.out(), request);
      return stream;
    } catch (IOException e) {
      stream.close();
      throw Failures.lost(e);
    }
  }

  /** A stream that goes on, and what it began with. */
  record Begun<T>(MuxStream stream, T answer) {}

  /** Asks for something that goes on after an answer of its own. */
  <T extends GuestMessage> Begun<T> begin(
      GuestMessage request, Class<T> answer, Deadline deadline) {
    MuxStream stream = open();
    try {
      T first = exchange(stream, request, answer, deadline);
      stream.clearDeadline();
      return new Begun<>(stream, first);
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  /**
   * Asks for several answers, which DONE follows.
   *
   * @param most a guest that sends more is not to be believed
   */
  <T extends GuestMessage> List<T> askAll(
      GuestMessage request, Class<T> answer, int most, Deadline deadline) {
    MuxStream stream = open();
    try {
      List<T> all = new ArrayList<>();
      GuestMessage next = exchange(stream, request, GuestMessage.class, deadline);
      while (!(next instanceof GuestMessage.Done)) {
        if (!answer.isInstance(next) || all.size() == most) {
          throw Failures.nonsense(next.kind() + " number " + all.size() + " to " + request.kind());
        }
        all.add(answer.cast(next));
        next = read(stream, request, deadline);
      }
      return all;
    } finally {
      stream.close();
    }
  }

  private static GuestMessage read(MuxStream stream, GuestMessage request, Deadline deadline) {
    try {
      return MessageCodec.read(stream.in());
    } catch (DeadlineException e) {
      throw deadline.timeout("the guest agent did not answer " + name(request));
    } catch (IOException e) {
      throw Failures.lost(e);
    }
  }

  private MuxStream open() {
    try {
      return mux.open();
    } catch (IOException e) {
      throw Failures.lost(e);
    }
  }

  private static <T extends GuestMessage> T exchange(
      MuxStream stream, GuestMessage request, Class<T> expected, Deadline deadline) {
    GuestMessage answer;
    try {
      stream.setDeadline(deadline.nanoTime());
      MessageCodec.write(stream.out(), request);
      answer = MessageCodec.read(stream.in());
    } catch (DeadlineException e) {
      throw deadline.timeout("the guest agent did not answer " + name(request));
    } catch (IOException e) {
      throw Failures.lost(e);
    } catch (IllegalArgumentException e) {
      throw new BangerException(
          ErrorKind.INVALID,
          "%s is too large to send to the guest: %s".formatted(name(request), e.getMessage()),
          "",
          List.of(),
          e);
    }
    if (answer instanceof GuestMessage.Failure failure) {
      throw Failures.of(failure, request);
    }
    if (!expected.isInstance(answer)) {
      throw Failures.nonsense(answer.kind() + " to " + request.kind());
    }
    return expected.cast(answer);
  }

  private static String name(GuestMessage request) {
    return switch (request) {
      case GuestMessage.Greet _ -> "the greeting";
      case GuestMessage.Bootstrap _ -> "the bootstrap";
      case GuestMessage.Health _ -> "the health check";
      case GuestMessage.Exec _ -> "the command";
      case GuestMessage.PutTar _, GuestMessage.GetTar _ -> "the file transfer";
      case GuestMessage.Stat _ -> "the question for a file";
      case GuestMessage.GrowWorkDisk _ -> "the request to grow the work disk";
      case GuestMessage.Shutdown _ -> "the request to power off";
      case GuestMessage.SetClock _ -> "the time";
      case GuestMessage.Dial _ -> "the request to connect";
      case GuestMessage.Listeners _ -> "the question for listeners";
      case GuestMessage.JobStart _ -> "the job";
      case GuestMessage.JobList _, GuestMessage.JobShow _ -> "the question for jobs";
      case GuestMessage.JobConnect _ -> "the request to connect to a job";
      case GuestMessage.JobSignal _ -> "the signal";
      case GuestMessage.JobForget _ -> "the request to forget a job";
      case GuestMessage.Hello _,
          GuestMessage.JobReport _,
          GuestMessage.Done _,
          GuestMessage.Failure _,
          GuestMessage.Started _,
          GuestMessage.HealthReport _,
          GuestMessage.StatReport _,
          GuestMessage.GrowReport _,
          GuestMessage.ListenersReport _ ->
          "the message";
    };
  }
}
