package dev.banger.core.host;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs a few tools with the rights of root: directly when the daemon has them, else through {@code
 * sudo -n}, which never asks for a password. The list of tools is closed. Thread-safe.
 *
 * <p>A tool behind {@code sudo} gets no environment of the caller's, and past its deadline only
 * {@code sudo}'s pipes are closed: an ordinary user cannot kill what root runs.
 */
public final class Privileges {
  /** What may be run, and how each says its version, which proves that it may be run. */
  private static final Map<String, String> TOOLS =
      Map.of(
          "ip", "-V",
          "bridge", "-V",
          "nft", "-v",
          "iptables", "-V",
          "iptables-save", "-V",
          "sysctl", "-V",
          "conntrack", "-V",
          "resolvectl", "--version");

  private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final Duration REFUSAL_REMEMBERED = Duration.ofSeconds(30);

  /** {@code CAP_NET_ADMIN} of linux/capability.h. */
  private static final int NET_ADMIN = 12;

  private record Seen(boolean allowed, long untilNanos) {}

  private final Commands commands;
  private final boolean direct;
  private final Map<String, Seen> probed = new ConcurrentHashMap<>();

  public Privileges(Commands commands) {
    this(commands, HostUser.current().isRoot() && mayAdministerNetworks(Path.of("/proc/self")));
  }

  /**
   * @param direct whether the daemon itself may do what these tools do
   */
  public Privileges(Commands commands, boolean direct) {
    this.commands = commands;
    this.direct = direct;
  }

  /** Root in a container is often root in name only. */
  static boolean mayAdministerNetworks(Path process) {
    try {
      return Files.readAllLines(process.resolve("status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(capabilities -> (capabilities >> NET_ADMIN & 1) == 1);
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  public static Set<String> tools() {
    return TOOLS.keySet();
  }

  /** Whether the daemon needs no {@code sudo}. */
  public boolean isDirect() {
    return direct;
  }

  /** Whether {@code tool} can be run with the rights of root. Asks at most once in a while. */
  public boolean allows(String tool) throws InterruptedException {
    if (!TOOLS.containsKey(tool) || commands.find(tool).isEmpty()) {
      return false;
    }
    if (direct) {
      return true;
    }
    Seen seen = probed.get(tool);
    if (seen == null || System.nanoTime() - seen.untilNanos() > 0) {
      boolean allowed = probe(tool);
      Duration valid = allowed ? REMEMBERED : REFUSAL_REMEMBERED;
      seen = new Seen(allowed, System.nanoTime() + valid.toNanos());
      probed.put(tool, seen);
    }
    return seen.allowed();
  }

  private boolean probe(String tool) throws InterruptedException {
    if (commands.find("sudo").isEmpty()) {
      return false;
    }
    try {
      Commands.Call call =
          Commands.Call.of(PROBE_LIMIT, words(List.of(tool, TOOLS.get(tool)), binary(tool)));
      return commands.run(call).exitCode() == 0;
    } catch (BangerException e) {
      return false;
    }
  }

  /**
   * The words to run for a call with the rights of root.
   *
   * @throws BangerException of kind UNAVAILABLE when the tool is not one of {@link #tools}, is not
   *     installed, or may not be run
   */
  public List<String> argv(List<String> argv) throws InterruptedException {
    String tool = argv.getFirst();
    if (!TOOLS.containsKey(tool)) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "%s is not run with the rights of root".formatted(tool),
          "only these are: " + String.join(", ", TOOLS.keySet().stream().sorted().toList()));
    }
    if (commands.find(tool).isEmpty()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          tool + " is not installed",
          "banger doctor lists what is missing and how to install it");
    }
    if (!allows(tool)) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "%s needs the rights of root, and sudo does not give them without a password"
              .formatted(tool),
          "run the daemon as root, or let sudoers allow %s: NOPASSWD: %s"
              .formatted(HostUser.current().name(), binary(tool)));
    }
    return words(argv, binary(tool));
  }

  private Path binary(String tool) {
    return commands.find(tool).orElse(Path.of(tool));
  }

  private List<String> words(List<String> argv, Path binary) {
    List<String> words = new ArrayList<>();
    if (!direct) {
      words.addAll(List.of("sudo", "-n", "--"));
    }
    words.add(binary.toString());
    words.addAll(argv.subList(1, argv.size()));
    return words;
  }

  /** {@link Commands#run} with the rights of root. */
  public Commands.Result run(Commands.Call call) throws InterruptedException {
    return commands.run(
        new Commands.Call(
            argv(call.argv()),
            call.deadline(),
            call.stdin(),
            call.stdout(),
            call.env(),
            call.cwd()));
  }
}
