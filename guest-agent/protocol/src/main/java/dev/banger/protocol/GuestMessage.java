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

  /** Makes the file system of the work disk as large as the disk; answered by GROW_REPORT. */
  record GrowWorkDisk() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.GROW_WORK_DISK;
    }
  }

  /**
   * @param bytes how large the file system is now; 0 when that is not known
   * @param remark why it could not be grown, for people; empty when it is as large as its disk
   */
  record GrowReport(long bytes, String remark) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.GROW_REPORT;
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

  /**
   * Starts a command that outlives its stream, the link and the agent; answered by JOB_REPORT.
   *
   * @param id 1 to 63 lower-case letters, digits and hyphens, a letter or digit first
   * @param cwd empty for {@code /root}
   * @param keepBytes how much of each output is kept, at least
   * @param waits whether the job waits when that is full and nobody has read
   */
  record JobStart(
      String id,
      List<String> command,
      String cwd,
      Map<String, String> env,
      boolean tty,
      int rows,
      int columns,
      long keepBytes,
      boolean waits)
      implements GuestMessage {
    public JobStart {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }

    @Override
    public MessageKind kind() {
      return MessageKind.JOB_START;
    }
  }

  /** Answered by a JOB_REPORT for each, in the order of their start, then DONE. */
  record JobList() implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.JOB_LIST;
    }
  }

  /** Answered by JOB_REPORT. */
  record JobShow(String id) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.JOB_SHOW;
    }
  }

  /**
   * Answered by JOB_REPORT; then byte frames to the agent, {@link JobFrame}s from it.
   *
   * @param stdoutFrom a position, {@link #OLDEST} or {@link #NOW}
   * @param stderrFrom the same for the other output
   * @param follow whether to wait for more
   * @param insist whether the job waits for this reader
   * @param input {@link #NO_INPUT}, {@link #ALONE} or {@link #SHARED}
   */
  record JobConnect(
      String id, long stdoutFrom, long stderrFrom, boolean follow, boolean insist, int input)
      implements GuestMessage {
    public static final long OLDEST = -1;
    public static final long NOW = -2;
    public static final int NO_INPUT = 0;
    public static final int ALONE = 1;
    public static final int SHARED = 2;

    @Override
    public MessageKind kind() {
      return MessageKind.JOB_CONNECT;
    }
  }

  /** To the job's process group. Answered by DONE, also when it has ended. */
  record JobSignal(String id, int signal) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.JOB_SIGNAL;
    }
  }

  /** Answered by DONE, also when there is no such job; by BUSY while it runs. */
  record JobForget(String id) implements GuestMessage {
    @Override
    public MessageKind kind() {
      return MessageKind.JOB_FORGET;
    }
  }

  /**
   * How a job is.
   *
   * @param state {@link #RUNNING}, {@link #ENDED} or {@link #LOST}
   * @param command cut to {@link MessageCodec#MAX_SHOWN} characters in all, as are the names
   * @param pid 0 when it does not run
   * @param endedMicros microseconds since 1970; 0 while it runs
   * @param exitCode -1 when there is none
   * @param stdoutFrom position of the oldest byte that is kept
   * @param stdoutTo position after the newest
   * @param remark what went wrong with keeping its output, or empty
   */
  record JobReport(
      String id,
      int state,
      List<String> command,
      String cwd,
      List<String> envNames,
      boolean tty,
      long pid,
      long startedMicros,
      long endedMicros,
      int exitCode,
      long stdoutFrom,
      long stdoutTo,
      long stderrFrom,
      long stderrTo,
      long inputBytes,
      boolean inputOpen,
      int connections,
      String remark)
      implements GuestMessage {
    public static final int RUNNING = 0;
    public static final int ENDED = 1;
    public static final int LOST = 2;

    public JobReport {
      command = List.copyOf(command);
      envNames = List.copyOf(envNames);
    }

    @Override
    public MessageKind kind() {
      return MessageKind.JOB_REPORT;
    }
  }
}
