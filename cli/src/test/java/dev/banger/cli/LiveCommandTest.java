package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveCommandTest extends CliTestBase {
  @BeforeEach
  void offer() throws IOException {
    daemon.answer(
        "plugin.manifests",
        "{'digest':'d1','plugins':[{'id':'top','commands':[{'path':['vm','top'],'summary':'load','mode':'live',"
            + "'args':[],'options':[],'columns':[{'field':'vm','header':'VM'},{'field':'cpu','header':'CPU'},{'field':'note','header':'NOTE'}]},"
            + "{'path':['vm','raw'],'summary':'load','mode':'live','args':[],'options':[],'columns':[]}]}]}");
  }

  private void rows(String answer, String... rows) {
    daemon.on(
        "plugin.call",
        (params, session) -> {
          for (String row : rows) {
            session.notify("row", "{'row':" + row + "}");
          }
          return json(answer);
        });
  }

  @Test
  void rowsComeUnderTheHeaderAndColumnsOnlyGrow() {
    rows(
        "{}",
        "{'vm':'web','cpu':7,'note':'a'}",
        "{'vm':'brisk-otter','cpu':12,'note':['b','c']}",
        "{'vm':'web','cpu':9}");

    assertThat(cli.run("vm", "top"))
        .isEqualTo(
            new Cli.Ran(
                0,
                """
                VM   CPU  NOTE
                web  7    a
                brisk-otter  12   b, c
                web          9
                """,
                ""));
  }

  @Test
  void eachRowIsALineOfJsonForPrograms() {
    rows("{'message':'over'}", "{'vm':'web','cpu':7}", "{'vm':'db','cpu':1,'more':{'x':1}}");

    Cli.Ran ran = cli.run("vm", "top", "-o", "json");

    assertThat(ran)
        .isEqualTo(
            new Cli.Ran(
                0,
                "{\"vm\":\"web\",\"cpu\":7}\n{\"vm\":\"db\",\"cpu\":1,\"more\":{\"x\":1}}\n",
                ""));
  }

  @Test
  void withoutRowsThereIsTheHeaderAndWithoutColumnsThereAreTheFields() {
    rows("{'message':'nothing runs'}");
    assertThat(cli.run("vm", "top")).isEqualTo(new Cli.Ran(0, "VM  CPU  NOTE\n", "nothing runs\n"));

    rows("{}", "{'vm':'web','cpu':7}");
    assertThat(cli.run("vm", "raw").out()).isEqualTo("vm=web cpu=7\n");
    assertThat(cli.run("vm", "top", "-q").out()).isEqualTo("web  7\n");
  }

  @Test
  void aRowCannotTouchTheTerminalNorPushTheOthersAway() {
    rows("{}", "{'vm':'" + "w".repeat(5000) + "','cpu':1}", "{'vm':'\\u001b[2J\\nroot','cpu':2}");

    List<String> lines = cli.run("vm", "top").out().lines().toList();

    assertThat(lines).hasSize(3);
    assertThat(lines.get(2)).startsWith("\\x1b[2J\\nroot ").hasSizeLessThan(80);
  }

  @Test
  void aFailureComesAfterTheRows() {
    daemon.on(
        "plugin.call",
        (params, session) -> {
          session.notify("row", "{'row':{'vm':'web','cpu':7}}");
          throw FakeDaemon.refusal("guest", "the guest is gone", "banger ls", List.of());
        });

    Cli.Ran ran = cli.run("vm", "top", "-o", "json");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.jsonLines()).hasSize(2);
    assertThat(ran.jsonLines().getLast().get("error").text("message"))
        .isEqualTo("the guest is gone");
  }

  @Test
  void whatCouldNotBeDoneIsToldBesideTheRows() {
    daemon.on(
        "plugin.call",
        (params, session) -> {
          session.notify("row", "{'row':{'vm':'web','cpu':7}}");
          session.notify(
              "failure",
              "{'kind':'illegalState','message':'db is\\u001b[2J stopped','hint':'start it'}");
          return json("{}");
        });

    Cli.Ran people = cli.run("vm", "top");
    assertThat(people.code()).isEqualTo(1);
    assertThat(people.out()).isEqualTo("VM   CPU  NOTE\nweb  7\n");
    assertThat(people.err()).isEqualTo("error: db is\\x1b[2J stopped\nhint:  start it\n");

    Cli.Ran programs = cli.run("vm", "top", "-o", "json");
    assertThat(programs.code()).isEqualTo(1);
    assertThat(programs.jsonLines().getLast().get("error").text("kind")).isEqualTo("illegalState");
    assertThat(programs.err()).isEmpty();
  }

  @Test
  void ctrlCEndsItAndTheDaemonSeesTheConnectionClose() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    daemon.on(
        "plugin.call",
        (params, session) -> {
          session.notify("row", "{'row':{'vm':'web','cpu':7}}");
          try {
            session.read();
          } finally {
            closed.countDown();
          }
          return null;
        });
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            if (toString(StandardCharsets.UTF_8).endsWith("web  7\n")) {
              cli.signals.raise("INT");
            }
          }
        };

    assertThat(cli.runInto(out, err, "vm", "top")).isEqualTo(130);

    closed.await();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("VM   CPU  NOTE\nweb  7\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aReaderThatGoesAwayEndsItQuietly() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    daemon.on(
        "plugin.call",
        (params, session) -> {
          try {
            while (true) {
              session.notify("row", "{'row':{'vm':'web','cpu':7}}");
            }
          } finally {
            closed.countDown();
          }
        });
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    assertThat(cli.runInto(gone, err, "vm", "top")).isEqualTo(141);
    closed.await();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
