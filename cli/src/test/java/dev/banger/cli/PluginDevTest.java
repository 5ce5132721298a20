package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PluginDevTest extends CliTestBase {
  private final ExecutorService background = Executors.newSingleThreadExecutor();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final CountDownLatch waiting = new CountDownLatch(1);
  private final ByteArrayOutputStream err =
      new ByteArrayOutputStream() {
        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
          super.write(bytes, offset, length);
          if (toString(StandardCharsets.UTF_8).contains("waiting for ")) {
            waiting.countDown();
          }
        }
      };
  private Path project;

  @BeforeEach
  void offer() throws IOException {
    project = home.resolve("audit");
    daemon.on(
        "plugin.dev",
        (params, session) -> {
          requests.add("dev " + params.text("dir"));
          return json("{'id':'audit','version':'0.1.0','state':'active','note':'from its build'}");
        });
    daemon.on(
        "plugin.undev",
        (params, session) -> {
          requests.add("undev " + params.text("id"));
          return json("{'id':'audit','version':'0.0.9','state':'active','note':'as installed'}");
        });
    Files.createDirectories(project);
  }

  @AfterEach
  void end() throws InterruptedException {
    background.shutdownNow();
    assertThat(background.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private void build(String name, String content) throws IOException {
    Path file = project.resolve("target").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private Future<Integer> start(String... more) {
    String[] args = new String[3 + more.length];
    args[0] = "plugin";
    args[1] = "dev";
    args[2] = "audit";
    System.arraycopy(more, 0, args, 3, more.length);
    Callable<Integer> run = () -> cli.runInto(out, err, args);
    return background.submit(run);
  }

  private void interrupt(Future<Integer> running) throws InterruptedException, ExecutionException {
    cli.signals.raise("INT");
    assertThat(running.get()).isEqualTo(130);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void eachBuildIsLoadedAndCtrlCBringsBackWhatWasInstalled() throws Exception {
    build("classes/banger-plugin.json", "{}");
    Future<Integer> running = start();
    assertThat(requests.take()).isEqualTo("dev " + project);

    build("classes/dev/Deep.class", "new");
    assertThat(requests.take()).isEqualTo("dev " + project);
    build("lib/more.jar", "a library");
    assertThat(requests.take()).isEqualTo("dev " + project);
    Files.delete(project.resolve("target/lib/more.jar"));
    assertThat(requests.take()).isEqualTo("dev " + project);
    interrupt(running);

    assertThat(requests.take()).isEqualTo("undev audit");
    assertThat(requests).isEmpty();
    assertThat(err())
        .isEqualTo(
            "runs what is in "
                + project
                + "/target/classes, unreviewed, inside the daemon; Ctrl-C ends it\n");
    assertThat(out())
        .isEqualTo(
            "audit 0.1.0  active  from its build\n".repeat(4)
                + "audit 0.0.9  active  as installed\n");
  }

  @Test
  void aBuildThatFailsIsToldAndTheNextOneTried() throws Exception {
    build("classes/banger-plugin.json", "{}");
    daemon.on(
        "plugin.dev",
        (params, session) -> {
          requests.add("failing");
          throw FakeDaemon.refusal(
              "invalid", "no class dev.Audit\u001b", "mvn package", java.util.List.of());
        });
    Future<Integer> running = start();
    assertThat(requests.take()).isEqualTo("failing");

    daemon.on(
        "plugin.dev",
        (params, session) -> {
          requests.add("works");
          return json("{'id':'audit','version':'0.1.1','state':'active','note':''}");
        });
    build("classes/dev/Audit.class", "there");
    assertThat(requests.take()).isEqualTo("works");
    interrupt(running);

    assertThat(err()).contains("error: no class dev.Audit\\x1b\nhint:  mvn package\n");
    assertThat(out()).startsWith("audit 0.1.1  active\n");
    assertThat(requests.take()).isEqualTo("undev audit");
  }

  @Test
  void nothingIsLoadedBeforeThereIsAManifest() throws Exception {
    Future<Integer> running = start("-o", "json");
    waiting.await();
    build("classes/dev/Audit.class", "half a build");
    build("classes/banger-plugin.json", "{}");

    assertThat(requests.take()).isEqualTo("dev " + project);
    interrupt(running);

    assertThat(err()).contains("waiting for " + project + "/target/classes/banger-plugin.json");
    assertThat(out().lines())
        .allSatisfy(
            line -> assertThat(Json.parse(line).get("result").text("id")).isEqualTo("audit"));
  }

  @Test
  void anotherIdEndsTheFirstOne() throws Exception {
    build("classes/banger-plugin.json", "{}");
    Future<Integer> running = start();
    assertThat(requests.take()).isEqualTo("dev " + project);
    daemon.answer("plugin.dev", "{'id':'journal','version':'0.1.0','state':'active','note':''}");
    build("classes/banger-plugin.json", "{ }");

    assertThat(requests.take()).isEqualTo("undev audit");
    CountDownLatch ended = new CountDownLatch(1);
    daemon.on(
        "plugin.undev",
        (params, session) -> {
          requests.add("undev " + params.text("id"));
          ended.countDown();
          return json("{'id':'journal','version':'','state':'removed','note':''}");
        });
    interrupt(running);
    ended.await();

    assertThat(requests).containsExactly("undev journal");
  }

  @Test
  void aDaemonThatHasGoneKeepsNothingToTakeBack() throws Exception {
    build("classes/banger-plugin.json", "{}");
    Future<Integer> running = start();
    assertThat(requests.take()).isEqualTo("dev " + project);
    daemon.close();

    interrupt(running);

    assertThat(requests).isEmpty();
    assertThat(home.resolve("state/daemon.log")).doesNotExist();
  }

  @Test
  void aSecondCtrlCLeavesADaemonThatDoesNotAnswer() throws Exception {
    build("classes/banger-plugin.json", "{}");
    CountDownLatch never = new CountDownLatch(1);
    daemon.on(
        "plugin.dev",
        (params, session) -> {
          requests.add("hangs");
          never.await();
          return null;
        });
    try {
      Future<Integer> running = start();
      assertThat(requests.take()).isEqualTo("hangs");

      cli.signals.raise("INT");
      interrupt(running);
    } finally {
      never.countDown();
    }

    assertThat(err()).contains("error: interrupted; the daemon may still be loading the plugin");
    assertThat(requests).isEmpty();
  }
}
