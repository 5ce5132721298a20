package dev.banger.protocol;

import java.util.List;
import java.util.Map;

/**
 * What host and agent say to each other. The first message on a stream is a request and says what
 * the stream is for; limits of each field are those of {@link MessageCodec}.
 */
public sealed interface GuestMessage {
  MessageKind kind();

  /** The host's first word; answered by HELLO. */
  record Greet() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.GREET;
    }
  }

  /**
   * Who the agent is.
   *
   * @param generation {@link Protocol#GENERATION} of the agent
   * @param bootId the kernel's boot id
   * @param kernel the kernel's release
   */
  record Hello(int generation, String bootId, String kernel, String agentVersion)
      implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.HELLO;
    }
  }

  /** The request was carried out. */
  record Done() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.DONE;
    }
  }

  /** The request was not carried out. */
  record Failure(FailureKind failure, String text) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.FAILURE;
    }
  }

  /**
   * Answers EXEC, PUT_TAR, GET_TAR (byte frames follow, both ways) and DIAL (bare bytes follow).
   */
  record Started() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.STARTED;
    }
  }

  /**
   * @param clockMicros microseconds since 1970 in UTC
   * @param addressCidr empty to leave the network alone
   */
  record Bootstrap(
      String hostname,
      long clockMicros,
      String addressCidr,
      String gateway,
      List<String> nameservers,
      boolean growRoot)
      implements GuestMessage {
    public Bootstrap {
      nameservers = List.copyOf(nameservers);
    }

    @Override
    public MessageKind kind() {
      return MessageKind.BOOTSTRAP;
    }
  }

  record Health() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.HEALTH;
    }
  }

  /**
   * @param load1Milli load average over one minute, in thousandths
   */
  record HealthReport(
      long uptimeMillis,
      long load1Milli,
      long memoryTotalKiB,
      long memoryAvailableKiB,
      boolean bootstrapped,
      boolean initDone)
      implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.HEALTH_REPORT;
    }
  }

  /**
   * @param cwd empty for {@code /root}
   */
  record Exec(
      List<String> command, String cwd, Map<String, String> env, boolean tty, int rows, int columns)
      implements GuestMessage {
    public Exec {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }

    @Override
    public MessageKind kind() {
      return MessageKind.EXEC;
    }
  }

  /** STDIN frames with a tar archive follow once STARTED; answered by EXIT 0 or ERROR. */
  record PutTar(String directory) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.PUT_TAR;
    }
  }

  /** STDOUT frames with a tar archive follow STARTED, then EXIT 0 or ERROR. */
  record GetTar(String path) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.GET_TAR;
    }
  }

  record Stat(String path) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.STAT;
    }
  }

  record StatReport(boolean exists, boolean directory) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.STAT_REPORT;
    }
  }

  record Shutdown() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.SHUTDOWN;
    }
  }

  record SetClock(long clockMicros) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.SET_CLOCK;
    }
  }

  record Dial(int port) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.DIAL;
    }
  }

  /**
   * What listens in the guest. Answered by LISTENERS_REPORT messages up to the one that is the last
   * of the list.
   *
   * @param watch whether another list is to follow whenever it is another one, until the stream
   *     ends
   */
  record Listeners(boolean watch) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.LISTENERS;
    }
  }

  /** A part of a list, at most {@link MessageCodec#MAX_LISTENERS} of them. */
  record ListenersReport(List<Listener> part, boolean last) implements GuestMessage {
    public ListenersReport {
      part = List.copyOf(part);
    }

    @Override
    public MessageKind kind() {
      return MessageKind.LISTENERS_REPORT;
    }
  }

  /**
   * A socket that waits for others.
   *
   * @param udp else TCP
   * @param pid 0 when no process is known
   * @param elsewhere whether it is in another network namespace than the agent
   */
  record Listener(
      boolean udp,
      String address,
      int port,
      long pid,
      String process,
      String command,
      boolean elsewhere) {}
}
