package dev.banger.core.net;

import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import dev.banger.core.host.Commands;
import dev.banger.core.host.Privileges;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Network devices by way of {@code ip}. Several changes are one process, and end at the first that
 * fails.
 */
final class IpTool {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  /** Some thousand devices. */
  private static final int MAX_LISTING = 16 << 20;

  private final Commands commands;
  private final Privileges privileges;
  private final Path devices;

  IpTool(Commands commands, Privileges privileges) {
    this(commands, privileges, Path.of("/proc/self/net/dev"));
  }

  /**
   * @param devices in place of {@code /proc/self/net/dev}
   */
  IpTool(Commands commands, Privileges privileges, Path devices) {
    this.devices = devices;
    this.commands = commands;
    this.privileges = privileges;
  }

  boolean isInstalled() {
    return commands.find("ip").isPresent();
  }

  boolean isAllowed() throws InterruptedException {
    return privileges.allows("ip");
  }

  List<Link> bridges() throws InterruptedException {
    return Link.of(list("link", "show", "type", "bridge"));
  }

  List<Link> taps() throws InterruptedException {
    return Link.of(list("link", "show", "type", "tun"));
  }

  /** Of all routing tables; what the host itself is included. */
  List<Route> routes() throws InterruptedException {
    return Route.of(list("-4", "route", "show", "table", "all"));
  }

  /** The IPv4 networks in which a device has an address. */
  List<Subnet> subnets(String device) throws InterruptedException {
    List<Subnet> subnets = new ArrayList<>();
    for (Json each : list("-4", "address", "show", "dev", device).elements()) {
      for (Json address : each.get("addr_info").elements()) {
        Subnet.parse(address.text("local") + "/" + address.text("prefixlen"))
            .ifPresent(subnets::add);
      }
    }
    return subnets;
  }

  private Json list(String... words) throws InterruptedException {
    List<String> argv = new ArrayList<>(List.of("ip", "-j"));
    argv.addAll(List.of(words));
    Bounded out = new Bounded();
    commands.check(Commands.Call.of(LIMIT, argv).withStdout(out));
    String text = out.bytes.toString(StandardCharsets.UTF_8).strip();
    try {
      return text.isEmpty() ? Json.array(List.of()) : Json.parse(text);
    } catch (MalformedJsonException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "the answer of %s is not JSON: %s".formatted(String.join(" ", argv), e.getMessage()),
          "see: ip -V; iproute2 5 or newer is needed",
          List.of(),
          e);
    }
  }

  /** Whether there is a device of that name; asks the kernel, not a tool. */
  boolean exists(String device) {
    return names().contains(device);
  }

  /**
   * The names of all devices. Java's own list leaves out those without an address, and /sys/class
   * may be that of another network namespace.
   */
  Set<String> names() {
    // Not by way of a channel, whose reading an interrupt would end.
    try (InputStream in = new FileInputStream(devices.toFile())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(":"))
          .map(line -> line.substring(0, line.indexOf(':')).strip())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + devices, e);
    }
  }

  /**
   * Changes devices, with the rights of root.
   *
   * @param lines what would follow {@code ip}, without quotes or blanks inside of words
   * @throws BangerException of kind HOST with the line that failed and why
   */
  void change(List<String> lines) throws InterruptedException {
    Commands.Call call =
        Commands.Call.of(LIMIT, "ip", "-batch", "-")
            .withStdin(
                new ByteArrayInputStream(
                    (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
    Commands.Result result = privileges.run(call);
    if (result.exitCode() != 0) {
      throw failed(lines, result.stderr().strip());
    }
  }

  private static BangerException failed(List<String> lines, String complaint) {
    String why = complaint.lines().findFirst().orElse("no reason given");
    String line =
        complaint
            .lines()
            .filter(each -> each.startsWith("Command failed -:"))
            .map(each -> each.substring("Command failed -:".length()).strip())
            .filter(each -> each.matches("\\d{1,4}"))
            .map(Integer::parseInt)
            .filter(number -> number >= 1 && number <= lines.size())
            .map(number -> lines.get(number - 1))
            .findFirst()
            .orElse(lines.getFirst());
    return new BangerException(
        ErrorKind.HOST,
        "ip %s: %s".formatted(line, why),
        "banger doctor",
        complaint.lines().toList(),
        null);
  }

  /** The link of that name. */
  static Optional<Link> named(String name, List<Link> links) {
    return links.stream().filter(link -> link.name().equals(name)).findFirst();
  }

  /** Takes so much and no more. */
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      if (bytes.size() + count > MAX_LISTING) {
        throw new IOException("it is longer than " + MAX_LISTING + " bytes");
      }
      bytes.write(from, offset, count);
    }
  }
}
