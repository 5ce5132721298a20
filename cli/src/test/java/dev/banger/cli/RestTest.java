package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Images, operations, plugins, doctor, configuration. */
class RestTest extends CliTestBase {
  private static final String IMAGE =
      "{'name':'debian','kernel':'6.1.0','diskMiB':2048,'sizeMiB':430,'description':'bookworm','createdAt':'2026-01-01T00:00:00Z','vms':['web']}";

  @Test
  void imagesAreListedShownAndDeleted() throws Exception {
    daemon.answer("image.list", "[" + IMAGE + "]");
    daemon.answer("image.show", IMAGE);
    daemon.answer("image.delete", "{}");

    assertThat(cli.run("image", "list").out())
        .isEqualTo(
            """
            NAME    SIZE     DISK   KERNEL  VMS  DESCRIPTION
            debian  430 MiB  2 GiB  6.1.0   1    bookworm
            """);
    assertThat(cli.run("image", "list", "-o", "json").json()).isEqualTo(json("[" + IMAGE + "]"));
    assertThat(cli.run("image", "list", "-q").out()).isEqualTo("debian\n");
    assertThat(cli.run("image", "show", "debian").out()).contains("kernel       6.1.0");
    assertThat(cli.run("image", "delete", "debian").out()).isEqualTo("debian  deleted\n");
    assertThat(daemon.params("image.delete")).isEqualTo(json("{'name':'debian'}"));
    daemon.answer("image.list", "[]");
    assertThat(cli.run("image", "list").err()).contains("banger image import debian");
  }

  @Test
  void anImageInUseIsAnError() {
    daemon.fail("image.delete", "conflict", "image debian is used by web", "banger rm web");

    assertThat(cli.run("image", "delete", "debian").code()).isEqualTo(1);
  }

  @Test
  void importShowsItsStages() throws Exception {
    daemon.on(
        "image.import",
        (params, session) -> {
          session.stage("bootstrap", "done", 38_000, "");
          return json(IMAGE);
        });

    Cli.Ran ran =
        cli.run(
            "image",
            "import",
            "debian",
            "--suite",
            "bookworm",
            "--package",
            "make",
            "--package",
            "gcc");

    assertThat(ran.err()).isEqualTo("  bootstrap          38.0 s\n");
    assertThat(ran.out()).isEqualTo("image  debian  430 MiB  bookworm\n");
    assertThat(daemon.params("image.import"))
        .isEqualTo(json("{'kind':'debian','suite':'bookworm','packages':['make','gcc']}"));
    List<Json> lines = cli.run("image", "import", "tiny", "-o", "json").jsonLines();
    assertThat(lines.getLast().get("result").text("name")).isEqualTo("debian");
  }

  private static final String OP =
      "{'id':'op-3','kind':'vm.create','vm':'web','state':'STATE','startedAt':'2026-01-01T00:00:00Z','endedAt':null,"
          + "'stages':[{'stage':'boot','status':'started','elapsedMs':0,'message':''},{'stage':'boot','status':'done','elapsedMs':7,'message':'m'}],'error':null}";

  @Test
  void operationsAreListedShownAndCancelled() throws Exception {
    daemon.answer(
        "op.list", "[" + OP.replace("STATE", "running").replaceAll("'stages':\\[.*\\],", "") + "]");
    daemon.answer("op.show", OP.replace("STATE", "running"));
    daemon.answer("op.cancel", "{'id':'op-3','cancelling':true}");
    daemon.answer("op.watch", OP.replace("STATE", "cancelled"));

    assertThat(cli.run("op", "list").out()).contains("op-3  vm.create  web  running");
    assertThat(cli.run("op", "show", "op-3").out()).contains("boot   done    7 ms  m");
    assertThat(cli.run("op", "cancel", "op-3").out()).isEqualTo("op-3  vm.create web  cancelled\n");
    assertThat(cli.run("op", "show", "op-3", "-o", "json").json().text("id")).isEqualTo("op-3");
    daemon.fail("op.show", "notFound", "there is no operation op-9", "banger op list");
    assertThat(cli.run("op", "show", "op-9").code()).isEqualTo(1);
  }

  @Test
  void watchEndsAsTheOperationDid() throws Exception {
    daemon.on(
        "op.watch",
        (params, session) -> {
          session.stage("boot", "done", 7, "");
          return json(OP.replace("STATE", "done"));
        });
    assertThat(cli.run("op", "watch", "op-3"))
        .isEqualTo(new Cli.Ran(0, "op-3  vm.create  done\n", "  boot                 7 ms\n"));

    daemon.answer(
        "op.watch",
        OP.replace("STATE", "failed")
            .replace(
                "'error':null", "'error':{'kind':'guest','message':'no','hint':'','details':[]}"));
    Cli.Ran failed = cli.run("op", "watch", "op-3", "-o", "json");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.jsonLines().getLast().get("error").text("message")).isEqualTo("no");
  }

  @Test
  void pluginsTellWhatTheyAddOrWhyTheyDoNot() throws Exception {
    daemon.answer(
        "plugin.list",
        "[{'id':'nat','version':'1.0.0','state':'active','provides':{'steps':['rules'],'commands':['vm nat'],'checks':['nat']},'reason':''},"
            + "{'id':'team','version':'0.3.1','state':'blocked','provides':{'steps':[],'commands':[],'checks':[]},'reason':'needs plugin-api >= 1.2'}]");

    assertThat(cli.run("plugin", "list").out())
        .isEqualTo(
            """
            ID    VERSION  STATE    ADDS
            nat   1.0.0    active   step rules; vm nat; doctor: nat
            team  0.3.1    blocked  needs plugin-api >= 1.2          banger plugin info team
            """);
    assertThat(cli.run("plugin", "list", "-q").out()).isEqualTo("nat\nteam\n");
    assertThat(cli.run("plugin", "list", "-o", "json").json().elements()).hasSize(2);
  }

  @Test
  void doctorTellsHowToMendAndExitsWithOneOnlyWhenSomethingFails() throws Exception {
    String warned =
        "{'id':'qemu','source':'core','status':'ok','summary':'7.2.22','remedy':''},"
            + "{'id':'kvm','source':'core','status':'warn','summary':'does not boot a guest','remedy':'use another host'}";
    daemon.answer("doctor.run", "[" + warned + "]");

    assertThat(cli.run("doctor"))
        .isEqualTo(
            new Cli.Ran(
                0,
                """
                ok    qemu  7.2.22
                warn  kvm   does not boot a guest
                            to mend: use another host
                """,
                ""));
    assertThat(cli.onTerminal().run("doctor").out())
        .contains("\u001b[32m✓\u001b[0m     qemu  7.2.22");
    daemon.answer(
        "doctor.run",
        "["
            + warned
            + ",{'id':'x','source':'core','status':'fail','summary':'is missing','remedy':'install x'}]");
    Cli.Ran failed = cli.run("doctor", "-o", "json");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.json().elements()).hasSize(3);
    assertThat(cli.run("doctor", "-q").out()).isEqualTo("kvm\nx\n");
  }

  @Test
  void doctorTellsWhatWasFixedAndWhatWasOnlyTried() throws Exception {
    daemon.answer(
        "doctor.run",
        "[{'id':'nat','source':'nat','status':'ok','summary':'loaded','remedy':'','fixed':'loaded the rules again'},"
            + "{'id':'dns','source':'dns','status':'fail','summary':'nobody asks','remedy':'ask','fixed':'told resolved'}]");

    assertThat(cli.run("doctor", "--fix"))
        .isEqualTo(
            new Cli.Ran(
                1,
                """
                ok    nat  loaded
                           fixed: loaded the rules again
                fail  dns  nobody asks
                           tried: told resolved
                           to mend: ask
                """,
                ""));
    assertThat(daemon.params("doctor.run")).isEqualTo(json("{'fix':true}"));
    assertThat(cli.run("doctor", "--fix", "-o", "json").json().elements().getFirst().text("fixed"))
        .isEqualTo("loaded the rules again");
  }

  @Test
  void configShowsWhatWasAskedForAndNamesTheNearestKey() throws Exception {
    daemon.answer(
        "config.show",
        "{'file':'/c/config.toml','values':["
            + "{'key':'image','value':'debian','source':'default'},"
            + "{'key':'network.mode','value':'auto','source':'default'},"
            + "{'key':'network.cidr','value':'172.30.0.0/16','source':'/c/config.toml, line 3'}]}");

    assertThat(cli.run("config", "show", "network", "-o", "json").json().get("values").elements())
        .extracting(value -> value.text("key"))
        .containsExactly("network.mode", "network.cidr");
    assertThat(cli.run("config", "show", "-q", "image").out()).contains("debian");
    Cli.Ran wrong = cli.run("config", "show", "network.mod");
    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.err())
        .contains("there is no setting \"network.mod\"")
        .contains("banger config show network.mode");
    assertThat(cli.run("__complete", "config", "show", "netw").out())
        .contains("network.mode\n", "network.cidr\n")
        .doesNotContain("image");
  }

  @Test
  void configIsShownAndFound() throws Exception {
    daemon.answer(
        "config.show",
        "{'file':'/c/config.toml','values':[{'key':'image','value':'debian','source':'default'}]}");

    assertThat(cli.run("config", "show").out())
        .isEqualTo(
            """
            /c/config.toml

            KEY    VALUE   FROM
            image  debian  default
            """);
    assertThat(cli.run("config", "path").out()).isEqualTo(home + "/config/config.toml\n");
    assertThat(cli.run("config", "path", "-o", "json").json().text("file"))
        .isEqualTo(home + "/config/config.toml");
  }
}
