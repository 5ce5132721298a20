package dev.banger.bench;

import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests of several clients at once, each waiting for its answer before the next, against a C
 * program that answers each line with itself. One load generator, in C, asks both in turns.
 */
final class RpcBench {
  private static final int PAIRS = 20;
  private static final int CLIENTS = 8;
  private static final int RUN_MILLIS = 500;

  /** Enough for the daemon's compiler. */
  private static final int WARM_UPS = 6;

  private static final int VMS = 10;

  private final Programs programs;
  private final Path dist;
  private final PrintStream out;

  RpcBench(Programs programs, Path dist, PrintStream out) {
    this.programs = programs;
    this.dist = dist;
    this.out = out;
  }

  void run(Pairs pairs) throws Exception {
    Optional<String> cc = Programs.onPath("cc");
    if (cc.isEmpty()) {
      out.println("rpc: left out, for there is no cc to compile what it is compared with");
      return;
    }
    Path echo = compile(cc.get(), "echo");
    Path load = compile(cc.get(), "load");
    Programs home = new ManyVmsBench(programs, dist).home("rpc", VMS);
    String banger = dist.resolve("bin/banger").toString();
    Path socket = DaemonSocket.path(Map.of("BANGER_HOME", home.home().toString()));
    home.time(List.of(banger, "daemon", "start"));
    try {
      String ping = request("daemon.ping");
      compare(pairs, "daemon.ping", load, socket, echo, ping, 0);
      // An echo of the request would be a fiftieth of the answer.
      String list = request("vm.list");
      compare(pairs, "vm.list of 10", load, socket, echo, list, answerBytes(socket));
    } finally {
      home.time(List.of(banger, "daemon", "stop"));
    }
  }

  private static String request(String method) {
    return Json.build()
        .put("jsonrpc", "2.0")
        .put("id", 1)
        .put("method", method)
        .put("params", Json.build().done())
        .done()
        .toString();
  }

  private static int answerBytes(Path socket) {
    try (BangerClient client = BangerClient.connect(socket, Duration.ofSeconds(5)).orElseThrow()) {
      return client.call("vm.list", Json.build().done()).toBytes().length;
    }
  }

  private void compare(
      Pairs pairs, String what, Path load, Path socket, Path echo, String request, int bytes)
      throws Exception {
    Path other = programs.home().resolve("echo.sock");
    Files.deleteIfExists(other);
    List<String> command = new ArrayList<>(List.of(echo.toString(), other.toString()));
    if (bytes > 0) {
      command.add(Integer.toString(bytes));
    }
    Process server = programs.start(command, new File("/dev/null"));
    try {
      for (int i = 0; i < WARM_UPS; i++) {
        ask(load, socket, request);
      }
      List<Figures> ours = new ArrayList<>();
      List<Figures> theirs = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        if (i % 2 == 0) {
          ours.add(ask(load, socket, request));
          theirs.add(ask(load, other, request));
        } else {
          theirs.add(ask(load, other, request));
          ours.add(ask(load, socket, request));
        }
      }
      boolean isPing = bytes == 0;
      print(
          pairs,
          what + ": requests/s",
          ours.stream().map(Figures::perSecond).toList(),
          theirs.stream().map(Figures::perSecond).toList(),
          isPing ? Target.atLeast(0.5) : Target.NONE);
      print(
          pairs,
          what + ": p99 in us",
          ours.stream().map(Figures::p99).toList(),
          theirs.stream().map(Figures::p99).toList(),
          isPing ? Target.atMost(5) : Target.NONE);
    } finally {
      server.destroyForcibly().waitFor();
    }
  }

  private static void print(
      Pairs pairs, String what, List<Double> ours, List<Double> theirs, Target target) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    pairs.print(
        what,
        "C echo, %d clients".formatted(CLIENTS),
        ratios,
        target,
        Pairs.quantile(ours, 0.5),
        Pairs.quantile(theirs, 0.5));
  }

  /** What {@code load} prints. */
  private record Figures(double perSecond, double p99) {}

  private Figures ask(Path load, Path socket, String request) throws Exception {
    byte[] printed =
        programs.output(
            List.of(
                load.toString(),
                socket.toString(),
                Integer.toString(CLIENTS),
                Integer.toString(RUN_MILLIS),
                request));
    String[] words = new String(printed, StandardCharsets.US_ASCII).strip().split(" ");
    return new Figures(Double.parseDouble(words[0]), Double.parseDouble(words[2]));
  }

  private Path compile(String cc, String name) throws IOException, InterruptedException {
    Path program = programs.home().resolve(name);
    Path source = Path.of(System.getProperty("banger.bench.c")).resolve(name + ".c");
    programs.time(List.of(cc, "-O2", "-pthread", "-o", program.toString(), source.toString()));
    return program;
  }
}
