package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatsTest extends CliTestBase {
  private String watched = results(busy("web"));

  private static String vm(String name, String more) {
    return "{'ref':'"
        + name
        + "','ok':true,'vm':{'id':'id-"
        + name
        + "','name':'"
        + name
        + "','state':'running'"
        + more
        + "},'stats':";
  }

  private static String busy(String name) {
    return vm(name, "")
        + "{'state':'running','cpuPercent':12.5,'cpus':2,'memoryMiB':256,'memoryUsedMiB':180,'guestMemoryUsedMiB':null,"
        + "'diskMiB':8192,'diskUsedMiB':1536,'workDiskMiB':64,'workDiskUsedMiB':3,'diskReadBytes':null,"
        + "'diskWrittenBytes':null,'netReceivedBytes':1200,'netSentBytes':999,'uptimeSeconds':125}}";
  }

  private static String down(String name) {
    return vm(name, "").replace("'running'", "'stopped'")
        + "{'state':'stopped','cpuPercent':null,'cpus':2,'memoryMiB':256,'memoryUsedMiB':null,'guestMemoryUsedMiB':null,"
        + "'diskMiB':8192,'diskUsedMiB':1,'workDiskMiB':64,'workDiskUsedMiB':null,'diskReadBytes':5,"
        + "'diskWrittenBytes':null,'netReceivedBytes':null,'netSentBytes':null,'uptimeSeconds':null}}";
  }

  private static String results(String... results) {
    return "{'results':[" + String.join(",", results) + "]}";
  }

  @Test
  void numbersAreShownInHumanSizesAndWhatIsNotKnownAsADash() throws Exception {
    daemon.answer("vm.stats", results(busy("web"), down("db")));

    assertThat(cli.run("vm", "stats", "--all"))
        .isEqualTo(
            new Cli.Ran(
                0,
                """
                NAME  STATE    CPU     MEMORY             DISK             WORK-DISK       NET           DISK-IO  UPTIME
                web   running  12.5 %  180 MiB / 256 MiB  1.5 GiB / 8 GiB  3 MiB / 64 MiB  1 KB / 999 B  -        2 min 5 s
                db    stopped  -       - / 256 MiB        1 MiB / 8 GiB    - / 64 MiB      -             5 B / -  -
                """,
                ""));
    assertThat(daemon.params("vm.stats")).isEqualTo(json("{'refs':[],'all':true,'running':false}"));
  }

  @Test
  void withoutWordsAllThatRunAreMeant() throws Exception {
    daemon.answer("vm.stats", results());

    assertThat(cli.run("vm", "stats"))
        .isEqualTo(
            new Cli.Ran(0, "", "no VM is running; banger vm stats --all shows the others too\n"));
    assertThat(daemon.params("vm.stats")).isEqualTo(json("{'refs':[],'all':true,'running':true}"));
  }

  @Test
  void aLabelNarrowsItDown() throws Exception {
    daemon.answer("vm.stats", results());

    assertThat(cli.run("vm", "stats", "--label", "a=b", "-o", "json").out()).isEqualTo("[]\n");
    assertThat(daemon.params("vm.stats"))
        .isEqualTo(json("{'refs':[],'labels':{'a':'b'},'running':true}"));
  }

  @Test
  void programsGetAnArrayWithWhoWasUnknownInIt() throws Exception {
    daemon.answer("vm.stats", results(busy("web"), failed("x", "notFound", "there is no VM x")));

    Cli.Ran ran = cli.run("vm", "stats", "web", "x", "-o", "json");

    assertThat(ran.code()).isEqualTo(1);
    List<Json> all = ran.json().elements();
    assertThat(all).hasSize(2);
    assertThat(all.getFirst().toString())
        .startsWith(
            "{\"ref\":\"web\",\"id\":\"id-web\",\"name\":\"web\",\"state\":\"running\",\"cpuPercent\":12.5,");
    assertThat(all.getLast().get("error").text("kind")).isEqualTo("notFound");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void whoIsUnknownIsToldBelowTheOthers() throws Exception {
    daemon.answer("vm.stats", results(busy("web"), failed("x", "notFound", "there is no VM x")));

    Cli.Ran ran = cli.run("vm", "stats", "web", "x");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("web   running");
    assertThat(ran.err())
        .isEqualTo("x  failed  there is no VM x\n  hint: banger ls\n1 of 2 failed\n");

    daemon.answer("vm.stats", results(failed("x", "notFound", "there is no VM x")));
    assertThat(cli.run("vm", "stats", "x"))
        .isEqualTo(new Cli.Ran(1, "", "error: there is no VM x\nhint:  banger ls\n"));
  }

  @Test
  void aNameCannotTouchTheTerminal() throws Exception {
    String evil = "\\u001b[2Jw\\nb";
    daemon.answer("vm.stats", results(busy(evil), failed(evil, "guest", "no \\u001b[31m answer")));

    Cli.Ran once = cli.run("vm", "stats", "--all");
    assertThat(once.out()).contains("\\x1b[2Jw\\nb").doesNotContain("\u001b");
    assertThat(once.err()).contains("\\x1b[31m").doesNotContain("\u001b");

    watched = results(busy(evil), failed(evil, "guest", "no \\u001b[31m answer"));
    assertThat(watch(1, "--interval", "200ms").out())
        .contains("\\x1b[2Jw\\nb", "\\x1b[31m")
        .doesNotContain("\u001b");
  }

  @Test
  void wrongWordsAreRefusedBeforeAnybodyIsAsked() {
    assertThat(cli.run("vm", "stats", "web", "--all").err())
        .isEqualTo("error: --all and \"web\" exclude each other\nhint:  give one of them\n");
    assertThat(cli.run("vm", "stats", "--interval", "1s").err())
        .isEqualTo(
            "error: --interval is for --watch\nhint:  banger vm stats --watch --interval 1s\n");
    assertThat(cli.run("vm", "stats", "--watch", "--interval", "10ms").err())
        .startsWith("error: --interval must be at least 200 ms, got 10ms\n");
    assertThat(cli.run("vm", "stats", "--watch", "--interval", "soon").code()).isEqualTo(2);
    assertThat(daemon.heard()).isEmpty();
  }

  // ---- watching

  private record Watched(int code, String out, String err) {}

  /** Ctrl-C comes after so many answers were asked for. */
  private Watched watch(int answers, String... more) throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Json answer = json(watched);
    daemon.on(
        "vm.stats",
        (_, _) -> {
          if (asked.incrementAndGet() > answers) {
            cli.signals.raise("INT");
          }
          return answer;
        });
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[3 + more.length];
    System.arraycopy(new String[] {"vm", "stats", "--watch"}, 0, words, 0, 3);
    System.arraycopy(more, 0, words, 3, more.length);
    int code = cli.runInto(out, err, words);
    return new Watched(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void elsewhereThanOnATerminalOneTableFollowsTheOtherUntilCtrlC() throws Exception {
    daemon.answer("vm.stats", watched);
    String table = cli.run("vm", "stats").out();

    Watched seen = watch(2, "--interval", "200ms");

    assertThat(seen.code()).isEqualTo(130);
    assertThat(seen.err()).isEmpty();
    assertThat(seen.out()).isEqualTo(table + "\n" + table);
  }

  @Test
  void aTerminalShowsTheNewestInPlace() throws Exception {
    cli.onTerminal();

    Watched seen = watch(2, "--interval", "200ms");

    assertThat(seen.code()).isEqualTo(130);
    List<String> screens = List.of(seen.out().split("\u001b\\[H"));
    assertThat(screens).hasSize(3);
    assertThat(screens.getFirst()).isEqualTo("\u001b[2J");
    assertThat(screens.get(1)).isEqualTo(screens.get(2)).endsWith("2 min 5 s\u001b[K\n\u001b[J");
  }

  @Test
  void aTerminalThatIsDumbIsTreatedAsNone() throws Exception {
    cli.onTerminal().env("TERM", "dumb");

    assertThat(watch(1, "--interval", "200ms").out()).doesNotContain("\u001b");
  }

  @Test
  void programsGetALineForEachVmEachTime() throws Exception {
    watched = results(busy("web"), down("db"));

    Watched seen = watch(2, "--interval", "200ms", "-o", "json");

    assertThat(seen.out().lines().toList())
        .hasSize(4)
        .allSatisfy(line -> assertThat(Json.parse(line).text("ref")).isIn("web", "db"));
  }

  @Test
  void watchingAVmThatIsNotThereEnds() throws Exception {
    daemon.answer("vm.stats", results(failed("x", "notFound", "there is no VM x")));

    Cli.Ran ran = cli.run("vm", "stats", "x", "--watch");

    assertThat(ran).isEqualTo(new Cli.Ran(1, "", "error: there is no VM x\nhint:  banger ls\n"));
  }

  @Test
  void aDaemonThatIsGoneEndsIt() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Json answer = json(results(busy("web")));
    daemon.on("vm.stats", (_, _) -> asked.incrementAndGet() == 1 ? answer : null);

    Cli.Ran ran = cli.run("vm", "stats", "--watch", "--interval", "200ms");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("error: ");
  }

  @Test
  void aReaderThatGoesAwayEndsItQuietly() throws Exception {
    daemon.answer("vm.stats", results(busy("web")));
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    assertThat(cli.runInto(gone, err, "vm", "stats", "--watch")).isEqualTo(141);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
