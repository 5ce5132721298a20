package dev.banger.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Banger;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.client.VmSpec;
import dev.banger.contract.Contract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Java library as its users have it, and what a daemon with a real guest answers. */
class ClientIT {
  private static final Path EXAMPLE = Path.of("../../platform-core/client/example/LifeOfAVm.java");
  private static final List<String> LIBRARY = List.of("banger-client", "banger-guest-protocol");

  private static BangerHome home;

  @BeforeAll
  static void open() {
    home = BangerHome.with("tiny");
    home.ok("daemon", "start");
  }

  @AfterAll
  static void close() {
    home.close();
  }

  /** What the distribution gives to those who build with it. */
  private static String library() throws IOException {
    Path repository = Path.of(System.getProperty("banger.dist")).resolve("sdk/repository");
    try (Stream<Path> files = Files.walk(repository.toRealPath())) {
      return files
          .map(Path::toString)
          .filter(file -> file.endsWith(".jar") && !file.endsWith("-sources.jar"))
          .filter(file -> LIBRARY.stream().anyMatch(jar -> file.contains("/" + jar + "/")))
          .collect(Collectors.joining(":"));
    }
  }

  @Test
  void theExampleRunsWithTheLibraryOfTheDistribution() throws Exception {
    Path err = home.dir().resolve("example.err");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            library(),
            EXAMPLE.toString(),
            "tiny");
    builder.environment().put("BANGER_HOME", home.dir().toString());
    builder.environment().remove("BANGER_SOCKET");
    builder.redirectError(err.toFile());
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(() -> read(err)).isZero();
      assertThat(out).startsWith("its kernel is Linux\nexit 3: no\nexample is running\nnotFound: ");
      assertThat(read(err)).contains("prepare_disks done\n");
    } finally {
      process.destroyForcibly();
    }
    assertThat(home.ok("vm", "list", "-q").out()).doesNotContain("example");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void whatIsAnsweredAboutARealGuestIsAsDescribed() throws Exception {
    Banger banger = Banger.connect(home.dir().resolve("run/d.sock"));
    Json document = Json.parse(Files.readAllBytes(Path.of("..", "..", "docs", "openrpc.json")));
    assertThat(Json.parse(home.ok("daemon", "describe").out())).isEqualTo(document);
    Contract contract = Contract.of(document);
    banger.vms().create(VmSpec.named("web").from("tiny").withoutOutbound().labelled("a", "b"));
    Json web = Json.build().put("refs", Json.strings(List.of("web", "nobody"))).done();
    Json none = Json.build().done();

    asDescribed(contract, banger, "vm.list", none);
    asDescribed(contract, banger, "vm.show", web);
    asDescribed(contract, banger, "vm.health", web);
    asDescribed(
        contract, banger, "vm.wait", Json.build().put("ref", "web").put("for", "ready").done());
    asDescribed(
        contract, banger, "vm.files.stat", Json.build().put("ref", "web").put("path", "/").done());
    asDescribed(contract, banger, "vm.pause", web);
    asDescribed(contract, banger, "vm.show", web);
    asDescribed(contract, banger, "vm.resume", web);
    asDescribed(contract, banger, "daemon.status", none);
    asDescribed(contract, banger, "doctor.run", none);
    asDescribed(contract, banger, "config.show", none);
    asDescribed(contract, banger, "image.list", none);
    asDescribed(contract, banger, "image.show", Json.build().put("name", "tiny").done());
    asDescribed(contract, banger, "plugin.trace", none);
    for (Json plugin : asDescribed(contract, banger, "plugin.list", none).elements()) {
      asDescribed(contract, banger, "plugin.info", Json.build().put("id", plugin.get("id")).done());
    }
    for (Json operation : asDescribed(contract, banger, "op.list", none).elements()) {
      Json id = Json.build().put("id", operation.get("id")).done();
      asDescribed(contract, banger, "op.show", id);
      asDescribed(contract, banger, "op.watch", id);
    }
    asDescribed(contract, banger, "vm.delete", web);
  }

  /** Also each notification before it. */
  private static Json asDescribed(Contract contract, Banger banger, String method, Json params) {
    assertThat(contract.faultsOfParameters(method, params)).as(method).isEmpty();
    Notifications checked =
        (name, what) -> {
          if (name.equals("stage")) {
            assertThat(contract.faultsBy("Stage", what)).as(what.toString()).isEmpty();
          }
        };
    Json result = banger.call(method, params, checked);
    assertThat(contract.faultsOfResult(method, result)).as(method + " " + result).isEmpty();
    return result;
  }
}
