package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The program. It takes Firecracker's arguments and speaks its API; behind it there is no machine,
 * but maybe an agent. Its own wishes come as system properties: {@code fake.faults} (a file, see
 * {@link Faults}) and {@code fake.api} (the API description as JSON).
 */
final class FakeFirecracker {
  private static final Set<String> VALUED =
      Set.of(
          "api-sock",
          "id",
          "seccomp-filter",
          "start-time-us",
          "start-time-cpu-us",
          "parent-cpu-time-us",
          "config-file",
          "metadata",
          "log-path",
          "level",
          "module",
          "metrics-path",
          "describe-snapshot",
          "http-api-max-payload-size",
          "mmds-size-limit");
  private static final Set<String> FLAGS =
      Set.of(
          "no-seccomp",
          "no-api",
          "show-level",
          "show-log-origin",
          "boot-timer",
          "snapshot-version",
          "enable-pci");

  private FakeFirecracker() {}

  public static void main(String[] arguments) throws Exception {
    Faults faults = new Faults(Path.of(System.getProperty("fake.faults")));
    String version = faults.of("version").orElse("1.16.1");
    Map<String, String> given = parse(arguments);
    faults.of("exit launch").ifPresent(Exit::with);
    String id = given.getOrDefault("id", "anonymous-instance");
    if (!id.matches("[A-Za-z0-9-]{1,64}")) {
      System.err.println("Invalid instance ID: " + id);
      Exit.with("134");
    }
    Log log = new Log(id);
    log.info("Running Firecracker v" + version);
    if (faults.is("api-socket", "never")) {
      Thread.sleep(Long.MAX_VALUE);
    }
    String late = faults.of("api-socket").orElse("");
    if (late.startsWith("late ")) {
      Thread.sleep(Long.parseLong(late.substring("late ".length())));
    }
    ServerSocketChannel socket =
        bind(given.getOrDefault("api-sock", "/run/firecracker.socket"), log);
    ApiDescription api =
        ApiDescription.read(Path.of(System.getProperty("fake.api")), Version.parse(version));
    Machine machine = new Machine(id, version, faults, log, given.containsKey("enable-pci"));
    if (given.containsKey("metrics-path")) {
      machine.metrics().open(Path.of(given.get("metrics-path")));
    }
    int limit = Integer.parseInt(given.getOrDefault("http-api-max-payload-size", "51200"));
    Thread.ofPlatform().daemon().start(() -> endWhenTold(faults, log));
    new ApiServer(socket, api, machine, faults, limit).run();
  }

  private static ServerSocketChannel bind(String path, Log log) throws IOException {
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      log.error(
          "RunWithApiError error: Failed to open the API socket at: %s. Check that it is not already used."
              .formatted(path));
      System.err.println("Error: RunWithApi(FailedToBindSocket(\"" + path + "\"))");
      log.lastWords("1");
      Exit.with("1");
    }
    return socket;
  }

  private static Map<String, String> parse(String[] arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i++) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (FLAGS.contains(name)) {
        given.put(name, "");
      } else if (VALUED.contains(name) && i + 1 < arguments.length) {
        given.put(name, arguments[++i]);
      } else {
        System.err.printf(
            "Arguments parsing error: Found argument '%s' which wasn't expected, or isn't valid in"
                + " this context. %n%nFor more information try --help.%n",
            name.isEmpty() ? arguments[i] : name);
        Exit.with("153");
      }
    }
    return given;
  }

  private static void endWhenTold(Faults faults, Log log) {
    while (true) {
      faults
          .of("exit now")
          .ifPresent(
              how -> {
                log.lastWords(how);
                Exit.with(how);
              });
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
