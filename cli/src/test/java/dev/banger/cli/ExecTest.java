package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecTest extends CliTestBase {
  @Test
  void theStreamsStayApartAndTheExitCodeIsTheCommands() throws Exception {
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, "out\u001b[1m\n");
          session.write(ByteFrames.STDERR, "err\n");
          session.exit(7);
          return null;
        });

    Cli.Ran ran =
        cli.run(
            "vm", "exec", "web", "--cwd", "/etc", "--env", "A=b=c", "--", "ls", "-o", "--", "x");

    assertThat(ran).isEqualTo(new Cli.Ran(7, "out\u001b[1m\n", "err\n"));
    assertThat(daemon.params("vm.exec"))
        .isEqualTo(
            json(
                "{'ref':'web','command':['ls','-o','--','x'],'tty':false,'stdin':false,'cwd':'/etc','env':{'A':'b=c'}}"));
  }

  @Test
  void standardInputIsPassedOnOnlyWhenAsked() throws Exception {
    daemon.on(
        "vm.exec",
        (params, session) -> {
          boolean stdin = params.get("stdin").truth(true);
          session.upgrade();
          session.write(
              ByteFrames.STDOUT,
              stdin ? new String(session.input(), StandardCharsets.UTF_8) : "no input");
          session.exit(0);
          return null;
        });
    String large = "0123456789abcdef".repeat(20_000);

    assertThat(cli.input(large).run("vm", "exec", "web", "-i", "--", "cat").out()).isEqualTo(large);
    assertThat(cli.input(large).run("vm", "exec", "web", "--", "cat").out()).isEqualTo("no input");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'kind':'notFound','message':'no-such-command is not there','exitCode':127} | 127",
        "{'kind':'guest','message':'/etc is a directory','exitCode':126} | 126",
        "{'kind':'guest','message':'the connection to the guest was lost','exitCode':125} | 125",
        "{'kind':'notFound','message':'the VM is gone','exitCode':125} | 125",
        "{'kind':'guest','message':'something is not executable'}     | 125",
        "{'kind':'guest','message':'no exit code of ours','exitCode':0} | 125",
        "{'kind':'timeout','message':'the guest did not answer'}      | 125",
      })
  void whatCannotRunIsToldAsShellsDo(String error, int code) {
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade().error(error);
          return null;
        });

    Cli.Ran ran = cli.run("vm", "exec", "web", "--", "x");

    assertThat(ran.code()).isEqualTo(code);
    assertThat(ran.err()).startsWith("error: ");
  }

  @Test
  void whatFailsBeforeTheCommandRunsIs125() {
    daemon.fail("vm.exec", "notFound", "there is no VM \"x\"", "banger ls");
    assertThat(cli.run("vm", "exec", "x", "--", "true").code()).isEqualTo(125);

    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade();
          return null;
        });
    Cli.Ran lost = cli.run("vm", "exec", "x", "--", "true");
    assertThat(lost.code()).isEqualTo(125);
    assertThat(lost.err()).contains("the connection to the daemon ended before the command did");
  }

  @Test
  void aTerminalIsRefusedWhereThereIsNone() {
    Cli.Ran ran = cli.run("vm", "exec", "web", "-it", "--", "bash");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("-t needs a terminal");
    assertThat(daemon.heard()).isEmpty();
  }

  @Test
  void ctrlCGoesToTheCommandAndASecondOneLeavesIt() throws Exception {
    List<Integer> signals = new CopyOnWriteArrayList<>();
    CountDownLatch hungUp = new CountDownLatch(1);
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, "running\n");
          try {
            for (ByteFrame frame = session.read(); frame != null; frame = session.read()) {
              signals.add(frame.signal());
              session.write(ByteFrames.STDOUT, "got " + frame.signal() + "\n");
            }
          } finally {
            hungUp.countDown();
          }
          return null;
        });
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    OutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int offset, int length) {
            super.write(bytes, offset, length);
            // Once it runs, and once more when it has shrugged the first one off.
            Thread.ofVirtual().start(() -> cli.signals.raise("INT"));
          }
        };

    int code = cli.runInto(out, err, "vm", "exec", "web", "--", "sleep", "1000");

    assertThat(code).isEqualTo(130);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("error: interrupted; the guest's command was hung up\n");
    hungUp.await();
    assertThat(signals).containsExactly(2);
  }

  @Test
  void aReaderThatGoesAwayEndsTheCommandQuietly() {
    CountDownLatch hungUp = new CountDownLatch(1);
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade();
          try {
            while (true) {
              session.write(ByteFrames.STDOUT, "more\n".repeat(1000));
            }
          } catch (IOException e) {
            hungUp.countDown();
          }
          return null;
        });
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    assertThat(cli.runInto(closed, err, "vm", "exec", "web", "--", "yes")).isEqualTo(141);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(hungUp.getCount()).isLessThanOrEqualTo(1);
  }

  @Test
  void proxyJoinsBothEnds() throws Exception {
    daemon.on(
        "vm.proxy",
        (params, session) -> {
          session.upgrade();
          session.write(ByteFrames.STDOUT, "SSH-2.0-guest\r\n");
          session.stdout().write(session.input());
          session.exit(0);
          return null;
        });

    assertThat(cli.input("SSH-2.0-host\r\n").run("vm", "proxy", "web", "22").out())
        .isEqualTo("SSH-2.0-guest\r\nSSH-2.0-host\r\n");
    assertThat(daemon.params("vm.proxy")).isEqualTo(json("{'ref':'web','port':22}"));
  }

  @Test
  void anInputThatNeverEndsDoesNotKeepACommandThatHasEnded() throws Exception {
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade().exit(3);
          return null;
        });

    try (PipedInputStream endless = new PipedInputStream(new PipedOutputStream())) {
      assertThat(cli.input(endless).run("vm", "exec", "web", "-i", "--", "true").code())
          .isEqualTo(3);
    }
  }

  // ---- run

  private void offerImport() throws IOException {
    daemon.answer(
        "plugin.manifests",
        "{'digest':'d1','plugins':[{'id':'workspace','version':'1','commands':[{'path':['vm','workspace','prepare'],"
            + "'summary':'put a repository in','role':'vm.run.import','args':[{'name':'vm','type':'vm','required':true,'summary':'x'}],"
            + "'options':[],'columns':[]}]}]}");
    daemon.answer(
        "plugin.call",
        "{'dest':'/root/repo','files':412,'bytes':3000000,'branch':'main','message':'m'}");
  }

  private void offerExec(int code) {
    daemon.on(
        "vm.exec",
        (params, session) -> {
          session.upgrade().exit(code);
          return null;
        });
  }

  @Test
  void runCreatesImportsAndRuns() throws Exception {
    Files.createDirectories(home.resolve("src/.git"));
    Files.createDirectories(home.resolve("src/sub"));
    offerImport();
    offerExec(7);
    daemon.answer("vm.create", VM);

    Cli.Ran ran =
        cli.in(home.resolve("src/sub"))
            .run("run", "--name", "web", "--mode", "shallow", "--", "make");

    assertThat(ran.code()).isEqualTo(7);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualTo(
            """
              workspace                   412 files, 3 MB, branch main
            web is still running: banger ssh web, banger rm web
            """);
    assertThat(daemon.params("vm.create")).isEqualTo(json("{'name':'web'}"));
    assertThat(daemon.params("plugin.call"))
        .isEqualTo(
            json(
                "{'plugin':'workspace','command':'vm workspace prepare','args':{'vm':'"
                    + ID
                    + "','path':'"
                    + home.resolve("src")
                    + "','mode':'shallow','include-uncommitted':false},'cwd':'"
                    + home.resolve("src/sub")
                    + "'}"));
    assertThat(daemon.params("vm.exec").text("cwd")).isEqualTo("/root/repo");
  }

  @Test
  void runWithoutACommandSaysWhatToTypeNext() throws Exception {
    daemon.answer("vm.create", VM);

    Cli.Ran ran = cli.run("run");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .matches(
            """
            vm  web  debian  2 CPUs  1 GiB  qemu\\+tcg
            ready in \\d+ ms

              banger ssh web                   a shell
              banger vm exec web -- make       one command
              banger rm web                    gone
            """);
    assertThat(daemon.heard()).hasSize(1);
    assertThat(cli.run("run", "-q").out()).isEqualTo(ID + "\n");
    assertThat(cli.run("run", "-o", "json").jsonLines().getLast().get("result").text("name"))
        .isEqualTo("web");
  }

  @Test
  void runOfAPathWithoutAnImporterMakesNothing() {
    Cli.Ran ran = cli.run("run", ".", "--", "make");

    assertThat(ran.code()).isEqualTo(125);
    assertThat(ran.err()).contains("no active plugin puts repositories into VMs");
    assertThat(daemon.heard()).isEmpty();
  }

  @Test
  void runOfAPathThatIsNotThereIsAUsageError() {
    Cli.Ran ran = cli.run("run", "nowhere");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("there is no directory " + home.resolve("nowhere"));
  }

  @ParameterizedTest
  @CsvSource({"vm.create,0", "plugin.call,1", "vm.exec,1", "none,1"})
  void rmDeletesWhateverHappens(String failing, int deletes) throws Exception {
    Files.createDirectories(home.resolve(".git"));
    offerImport();
    offerExec(0);
    daemon.answer("vm.create", VM);
    daemon.answer("vm.delete", ok(VM, ""));
    if (!failing.equals("none")) {
      daemon.fail(failing, "guest", "it broke", "");
    }

    Cli.Ran ran = cli.run("run", "--rm", "--", "make");

    assertThat(ran.code()).isEqualTo(failing.equals("none") ? 0 : 125);
    assertThat(daemon.heard().stream().filter(call -> call.method().equals("vm.delete")))
        .hasSize(deletes);
    if (deletes == 1) {
      Json params = daemon.params("vm.delete");
      assertThat(params).isEqualTo(json("{'refs':['" + ID + "'],'all':false,'force':true}"));
    }
  }

  @Test
  void aDeleteThatFailsIsAWarningAndTheExitCodeStays() throws Exception {
    offerExec(3);
    daemon.answer("vm.create", VM);
    daemon.answer("vm.delete", "{'results':[" + failed("web", "host", "disk busy") + "]}");

    Cli.Ran ran = cli.run("run", "--rm", "--", "make");

    assertThat(ran.code()).isEqualTo(3);
    assertThat(ran.err()).contains("warning: web could not be deleted: disk busy; banger rm web");
  }
}
