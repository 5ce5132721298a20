package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AttachTest extends CliTestBase {
  @BeforeEach
  void offer() throws IOException {
    daemon.answer(
        "plugin.manifests",
        "{'digest':'d1','plugins':[{'id':'session','commands':[{'path':['vm','session','attach'],'summary':'join','mode':'attach',"
            + "'args':[{'name':'vm','type':'vm','required':true,'summary':'which'}],'options':[{'name':'--read-only','type':'bool','summary':'look'}],'columns':[]}]}]}");
  }

  @Test
  void pipesAreJoinedAndTheExitCodeIsPassedOn() throws Exception {
    daemon.on(
        "plugin.stream",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDERR, "err\n");
          session.stdout().write(session.input());
          session.exit(42);
          return null;
        });
    String large = "0123456789abcdef".repeat(20_000);

    Cli.Ran ran = cli.input(large + "\u001b").run("vm", "session", "attach", "web", "--read-only");

    assertThat(ran).isEqualTo(new Cli.Ran(42, large + "\u001b", "err\n"));
    assertThat(daemon.params("plugin.stream"))
        .isEqualTo(
            json(
                "{'plugin':'session','command':'vm session attach','args':{'vm':'web','read-only':true},'cwd':'"
                    + home
                    + "','tty':false}"));
  }

  @Test
  void whatFailsIs125AsForACommandInAGuest() {
    daemon.fail("plugin.stream", "notFound", "there is no session x", "banger vm session list web");
    assertThat(cli.run("vm", "session", "attach", "web"))
        .isEqualTo(
            new Cli.Ran(
                125, "", "error: there is no session x\nhint:  banger vm session list web\n"));

    daemon.on(
        "plugin.stream",
        (params, session) -> {
          session.upgrade().error("{'kind':'guest','message':'the guest is gone'}");
          return null;
        });
    assertThat(cli.run("vm", "session", "attach", "web").code()).isEqualTo(125);
    assertThat(cli.run("vm", "session", "attach").code()).isEqualTo(2);
  }

  @Test
  void ctrlCHangsUpAtOnce() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    List<ByteFrame> frames = new CopyOnWriteArrayList<>();
    daemon.on(
        "plugin.stream",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, "joined\n");
          try {
            for (ByteFrame frame = session.read(); frame != null; frame = session.read()) {
              frames.add(frame);
            }
          } finally {
            hungUp.countDown();
          }
          return null;
        });
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            cli.signals.raise("INT");
          }
        };

    try (PipedInputStream endless = new PipedInputStream(new PipedOutputStream())) {
      cli.input(endless);
      assertThat(cli.runInto(out, err, "vm", "session", "attach", "web")).isEqualTo(130);
    }

    hungUp.await();
    assertThat(frames).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("error: interrupted\n");
  }

  @Test
  void onATerminalItIsRawKnowsTheSizeAndIsPutBack() throws Exception {
    List<String> resized = new CopyOnWriteArrayList<>();
    daemon.on(
        "plugin.stream",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, "keys?\r\n");
          StringBuilder keys = new StringBuilder();
          while (!keys.toString().endsWith("\u0003")) {
            ByteFrame frame = session.read();
            if (frame.kind() == ByteFrames.STDIN) {
              keys.append(new String(frame.payload(), StandardCharsets.UTF_8));
            } else if (frame.kind() == ByteFrames.RESIZE) {
              resized.add("resized");
            }
          }
          session.write(ByteFrames.STDOUT, "got " + keys.length() + "\r\n");
          session.exit(9);
          return null;
        });
    String said = inTerminal("keys?", new byte[] {'a', 'b', 3});

    assertThat(said).contains("got 3").contains("exit 9").contains("put back");
    assertThat(resized).isNotEmpty();
    assertThat(daemon.params("plugin.stream").get("rows").number(0)).isEqualTo(40);
    assertThat(daemon.params("plugin.stream").get("cols").number(0)).isEqualTo(100);
    assertThat(daemon.params("plugin.stream").get("tty").truth(false)).isTrue();
  }

  @Test
  void aTerminalIsSaneAfterItsPeerWasKilledInTheMiddleOfAScreen() throws Exception {
    daemon.on(
        "plugin.stream",
        (params, session) -> {
          session.upgrade();
          session.write(
              ByteFrames.STDOUT, "\033[?1049h\033[?25l\033[?1002h\033[?2004h\033[31mfull screen");
          // No end is told: as when the daemon is killed.
          return null;
        });

    String said = inTerminal("full screen", new byte[0]);

    String after = said.substring(said.indexOf("full screen"));
    assertThat(after).contains("ended before the command did");
    assertThat(after.substring(0, after.indexOf("ended before the command did")))
        .contains(
            "\033[?1049l",
            "\033[0m",
            "\033[?25h",
            "\033[?1000l",
            "\033[?1002l",
            "\033[?1003l",
            "\033[?1006l",
            "\033[?2004l");
    assertThat(after).contains("exit 125").contains("put back");
  }

  /** Attaches in a terminal, types once that prompt is seen, and returns all that is. */
  private String inTerminal(String prompt, byte[] keys) throws Exception {
    Files.writeString(
        home.resolve("run.sh"),
        """
        stty rows 40 cols 100
        before=$(stty -g)
        "$JAVA" -XX:TieredStopAtLevel=1 -cp "$CLASSES" dev.banger.cli.Main vm session attach web
        echo "exit $?"
        [ "$before" = "$(stty -g)" ] && echo put back
        """);
    // The keys are typed once the program at the other end asks: a terminal not yet raw would take
    // Ctrl-C.
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qec", "sh " + home.resolve("run.sh"), "/dev/null");
    builder.environment().put("BANGER_HOME", home.toString());
    builder.environment().put("JAVA", System.getProperty("java.home") + "/bin/java");
    builder.environment().put("CLASSES", System.getProperty("java.class.path"));
    builder.redirectErrorStream(true);
    Process process = builder.start();
    StringBuilder said = new StringBuilder();
    try {
      boolean isTyped = false;
      for (int b = process.getInputStream().read(); b >= 0; b = process.getInputStream().read()) {
        said.append((char) b);
        if (!isTyped && said.toString().contains(prompt)) {
          isTyped = true;
          process.getOutputStream().write(keys);
          process.getOutputStream().flush();
        }
      }
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }

    return said.toString();
  }
}
