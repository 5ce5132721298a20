package dev.banger.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A network of the test's own: a namespace, with nothing in it but a loopback, that lives as long
 * as one process sleeps in it. Without root it has a user namespace, too.
 */
final class Network implements AutoCloseable {
  private static final int SECONDS = 30;

  private final Process keeper;
  private final boolean root;

  private Network(Process keeper, boolean root) {
    this.keeper = keeper;
    this.root = root;
  }

  static Network open() {
    boolean root = isRoot();
    return open(List.of("unshare", root ? "-n" : "-Urn"), root);
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A second network, for a cable between both. */
  Network beside() {
    List<String> words = new ArrayList<>(enter());
    words.addAll(List.of("unshare", "-n"));
    return open(words, root);
  }

  private static Network open(List<String> unshare, boolean root) {
    List<String> command = new ArrayList<>(unshare);
    command.addAll(
        List.of(
            "sh",
            "-c",
            "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up; echo there; exec sleep 3600"));
    try {
      Process keeper =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Network network = new Network(keeper, root);
      if (!"there".equals(keeper.inputReader().readLine())) {
        network.close();
        throw new IllegalStateException("no network namespace can be made here");
      }
      return network;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What runs the command behind it in this network. */
  List<String> enter() {
    List<String> words =
        new ArrayList<>(List.of("nsenter", "-t", Long.toString(keeper.pid()), "-n"));
    if (!root) {
      words.addAll(List.of("-U", "--preserve-credentials"));
    }
    return words;
  }

  /** A cable to another network: device {@code name} at both ends. */
  void cable(Network other, String name, String cidrHere, String cidrThere) {
    run("ip link add %1$s type veth peer name %1$s netns %2$d".formatted(name, other.keeper.pid()));
    run("ip addr add %s dev %s && ip link set %2$s up".formatted(cidrHere, name));
    other.run("ip addr add %s dev %s && ip link set %2$s up".formatted(cidrThere, name));
  }

  /**
   * Runs a line of shell in it, which must succeed; what it leaves running ends with the network.
   */
  String run(String line) {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + line));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(line + ": " + out);
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Starts a program in it; whoever does ends it. */
  Process start(String... program) throws IOException {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of(program));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The names of its devices. */
  Set<String> devices() {
    Path devices = Path.of("/proc/%d/net/dev".formatted(keeper.pid()));
    try (Stream<String> lines = Files.lines(devices)) {
      return lines
          .filter(line -> line.contains(":"))
          .map(line -> line.substring(0, line.indexOf(':')).strip())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a TCP server says before it hangs up; empty when there is none. */
  String read(String address, int port) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(enter());
    command.addAll(
        List.of("bash", "-c", "exec 3<>\"/dev/tcp/$0/$1\" && cat <&3", address, "" + port));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        return "";
      }
      return new String(
          process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    keeper.destroyForcibly();
    keeper.onExit().completeOnTimeout(keeper, SECONDS, TimeUnit.SECONDS).join();
  }
}
