package dev.banger.core.vmm.qemu;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words why QEMU did not come up, from what it wrote. */
final class LaunchFailures {
  private static final Pattern FORWARD =
      Pattern.compile("host forwarding rule '?tcp:([0-9.]{7,15}):([0-9]{1,5})-");

  private LaunchFailures() {}

  /**
   * @param how what became of the process, for example {@code exited with code 1}
   * @param log what it wrote, newest last
   */
  static BangerException explain(LaunchPlan plan, String how, List<String> log) {
    String all = String.join("\n", log);
    String last = log.isEmpty() ? "" : ": " + withoutProgram(log.getLast());
    Matcher forward = FORWARD.matcher(all);
    if (forward.find()) {
      return portTaken(forward.group(1), Integer.parseInt(forward.group(2)), log);
    }
    if (all.contains("/dev/net/tun")) {
      return failure(
          ErrorKind.HOST,
          "QEMU cannot open the VM's network device" + last,
          "banger doctor; without one: network.mode = \"user\" in config.toml",
          log);
    }
    if (all.contains("cannot set up guest memory") || all.contains("Cannot allocate memory")) {
      return failure(
          ErrorKind.HOST,
          "this host has no room for the %d MiB of the VM".formatted(plan.memoryMiB()),
          "give the VM less memory or stop another one",
          log);
    }
    if (all.contains("\"write\" lock") || all.contains("shared \"write\" lock")) {
      return failure(
          ErrorKind.CONFLICT,
          "a disk of the VM is in use by another process" + last,
          "find out which: fuser -v " + plan.paths().dir() + "/*",
          log);
    }
    if (all.contains("could not load kernel")
        || all.contains("invalid kernel header")
        || all.contains("without PVH ELF Note")
        || all.contains("kernel too old")) {
      return failure(
          ErrorKind.INVALID,
          "QEMU cannot boot the kernel %s%s".formatted(plan.kernel(), last),
          "import the image again",
          log);
    }
    if (all.contains("Could not access KVM kernel module")) {
      return failure(
          ErrorKind.UNAVAILABLE, "QEMU cannot use /dev/kvm" + last, "see: banger doctor", log);
    }
    return failure(ErrorKind.HOST, "QEMU %s%s".formatted(how, last), "", log);
  }

  private static BangerException portTaken(String address, int port, List<String> log) {
    String reason = bindProblem(address, port);
    if (reason.contains("ermission")) {
      return failure(
          ErrorKind.UNAVAILABLE,
          "cannot forward %s:%d: this user may not listen on ports below 1024"
              .formatted(address, port),
          "allow it: sysctl -w net.ipv4.ip_unprivileged_port_start=" + port,
          log);
    }
    if (reason.contains("assign")) {
      return failure(
          ErrorKind.HOST,
          "cannot forward %s:%d: this host has no such address".formatted(address, port),
          "check that the loopback interface is up: ip address show lo",
          log);
    }
    return failure(
        ErrorKind.CONFLICT,
        "cannot forward %s:%d: another program listens there".formatted(address, port),
        "find out which: ss -ltnp 'sport = :%d'".formatted(port),
        log);
  }

  /** QEMU does not say why; trying the same does. */
  private static String bindProblem(String address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
      return "";
    } catch (IOException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String withoutProgram(String line) {
    return line.replaceFirst("^\\S*qemu-system-\\S+: ", "");
  }

  private static BangerException failure(
      ErrorKind kind, String message, String hint, List<String> log) {
    return new BangerException(kind, message, hint, log, null);
  }
}
