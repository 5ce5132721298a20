package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SshTest extends CliTestBase {
  private Path bin;

  @BeforeEach
  void offerSsh() throws IOException {
    daemon.answer(
        "plugin.manifests",
        "{'digest':'d1','plugins':[{'id':'ssh-access','version':'1','commands':[{'path':['vm','ssh-info'],'role':'vm.ssh.info',"
            + "'args':[{'name':'vm','type':'vm','required':true,'summary':'x'}],'options':[]}]}]}");
    daemon.answer(
        "plugin.call",
        "{'id':'"
            + ID
            + "','name':'web','user':'root','identityFile':'/c f/id','knownHostsFile':'/s/known %h','hostKeyAlias':'banger-3f9a'}");
    daemon.answer("vm.show", shown(VM));
    daemon.on(
        "vm.proxy",
        (params, session) -> {
          session.upgrade().read();
          return null;
        });
    bin = Files.createDirectory(home.resolve("bin"));
    Path ssh = bin.resolve("ssh");
    Files.writeString(
        ssh,
        "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done > " + home + "/ssh-args\nexit 7\n");
    assertThat(ssh.toFile().setExecutable(true)).isTrue();
    cli.env("PATH", bin + ":" + System.getenv("PATH"));
  }

  @Test
  void sshIsLedThroughTheAgentWithThePinnedKeyAndRemindsAfterwards() throws Exception {
    Cli.Ran ran = cli.run("ssh", "web", "--", "cd repo && make");

    assertThat(ran.code()).isEqualTo(7);
    assertThat(ran.err()).isEqualTo("web is still running; banger vm stop web stops it\n");
    assertThat(home.resolve("ssh-args"))
        .hasContent(
            """
            -F
            none
            -o
            ProxyCommand=env BANGER_HOME=%s banger vm proxy %s 22
            -o
            HostKeyAlias=banger-3f9a
            -o
            UserKnownHostsFile="/s/known %%%%h"
            -o
            StrictHostKeyChecking=yes
            -o
            UpdateHostKeys=no
            -o
            IdentityFile="/c f/id"
            -o
            IdentitiesOnly=yes
            -o
            PreferredAuthentications=publickey
            -o
            ForwardAgent=no
            -o
            ForwardX11=no
            root@web
            cd repo && make
            """
                .formatted(home, ID));
    assertThat(daemon.params("plugin.call"))
        .isEqualTo(
            json(
                "{'plugin':'ssh-access','command':'vm ssh-info','args':{'vm':'web'},'cwd':'"
                    + home
                    + "'}"));
  }

  @Test
  void aVmThatHasStoppedIsNotMentioned() throws Exception {
    daemon.answer("vm.show", shown(VM.replace("running", "stopped")));

    assertThat(cli.run("vm", "ssh", "web").err()).isEmpty();
  }

  @Test
  void sshConfigIsWhatSshItselfUnderstands() throws Exception {
    Cli.Ran ran = cli.run("vm", "ssh-config", "web");

    assertThat(ran.out())
        .isEqualTo(
            """
            Host web banger-3f9a
                HostName banger-3f9a
                User root
                ProxyCommand env BANGER_HOME=%s banger vm proxy %s 22
                HostKeyAlias banger-3f9a
                UserKnownHostsFile "/s/known %%%%h"
                StrictHostKeyChecking yes
                UpdateHostKeys no
                IdentityFile "/c f/id"
                IdentitiesOnly yes
                PreferredAuthentications publickey
                ForwardAgent no
                ForwardX11 no

            """
                .formatted(home, ID));
    assertThat(
            cli.run("vm", "ssh-config", "web", "-o", "json")
                .json()
                .elements()
                .get(0)
                .text("proxyCommand"))
        .endsWith("vm proxy " + ID + " 22");
  }

  @Test
  void aGuestWithoutAnSshServerIsToldInOneSentenceAndSshIsNotStarted() throws Exception {
    daemon.fail("vm.proxy", "notFound", "nothing listens on port 22 in the guest", "");

    Cli.Ran ran = cli.run("vm", "ssh", "web");

    assertThat(ran.code()).isEqualTo(255);
    assertThat(ran.err())
        .isEqualTo(
            """
            error: no SSH server answers in web: nothing listens on port 22 in the guest
            hint:  banger vm exec web -- COMMAND needs none; the image debian has one
            """);
    assertThat(home.resolve("ssh-args")).doesNotExist();
  }

  @Test
  void aVmThatDoesNotRunIsToldAsTheDaemonTellsIt() throws Exception {
    daemon.fail("vm.proxy", "illegal-state", "web is stopped", "banger vm start web");

    Cli.Ran ran = cli.run("vm", "ssh", "web");

    assertThat(ran.code()).isEqualTo(255);
    assertThat(ran.err()).isEqualTo("error: web is stopped\nhint:  banger vm start web\n");
    assertThat(home.resolve("ssh-args")).doesNotExist();
  }

  @Test
  void pathsAreQuotedAsOpenSshReadsThem() throws Exception {
    daemon.answer(
        "plugin.call",
        "{'id':'i','name':'web','user':'root','identityFile':'/it\\u0027s \\u0022q\\u0022 50%/#k','knownHostsFile':'/a\\\\b','hostKeyAlias':'a'}");

    assertThat(cli.run("vm", "ssh-config", "web").out())
        .contains("    IdentityFile \"/it's \\\"q\\\" 50%%/#k\"\n")
        .contains("    UserKnownHostsFile \"/a\\\\b\"\n");
  }

  @Test
  void theRealSshReadsPathsWithBlanksAndQuotesBackAsTheyAre() throws Exception {
    String odd = "/it's \"q\" #1 a\\b";
    daemon.answer(
        "plugin.call",
        "{'id':'i','name':'web','user':'root','identityFile':'/it\\u0027s \\u0022q\\u0022 #1 a\\\\b','knownHostsFile':'/it\\u0027s \\u0022q\\u0022 #1 a\\\\b','hostKeyAlias':'banger-i'}");
    Path config = home.resolve("ssh-config");
    Files.writeString(config, cli.run("vm", "ssh-config", "web").out());

    for (String host : new String[] {"web", "banger-i"}) {
      Process ssh =
          new ProcessBuilder("ssh", "-G", "-F", config.toString(), host)
              .redirectErrorStream(true)
              .start();
      String read = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(ssh.waitFor()).as(read).isZero();
      assertThat(read.lines())
          .contains(
              "identityfile " + odd,
              "userknownhostsfile " + odd,
              "hostname banger-i",
              "user root",
              "proxycommand env BANGER_HOME=%s banger vm proxy i 22".formatted(home));
    }
  }

  @Test
  void aPathThatSshWouldTakeForAVariableIsRefused() throws Exception {
    daemon.answer(
        "plugin.call",
        "{'id':'i','name':'web','user':'root','identityFile':'/${HOME}/k','knownHostsFile':'/h','hostKeyAlias':'a'}");

    Cli.Ran ran = cli.run("vm", "ssh-config", "web");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("ssh cannot use /${HOME}/k").contains("BANGER_HOME");
  }

  @Test
  void sshConfigOutlivesTheBuildThatWroteIt() throws Exception {
    Path build = Files.createDirectories(home.resolve("dist/versions/abc"));
    Path lasting = Files.createDirectories(home.resolve("dist/bin")).resolve("banger");
    System.setProperty("banger.dist", build.toString());
    try {
      assertThat(cli.run("vm", "ssh-config", "web").out()).contains(build + "/bin/banger vm proxy");
      Files.writeString(lasting, "");
      assertThat(lasting.toFile().setExecutable(true)).isTrue();
      assertThat(cli.run("vm", "ssh-config", "web").out()).contains(lasting + " vm proxy");
    } finally {
      System.clearProperty("banger.dist");
    }
  }

  @Test
  void withoutRefItIsForEveryRunningVm() throws Exception {
    daemon.answer("vm.list", "[" + VM + "," + VM.replace("running", "stopped") + "]");

    assertThat(cli.run("vm", "ssh-config").out()).containsOnlyOnce("Host web");
  }

  @Test
  void withoutAnSshPluginItIsSaidSo() throws Exception {
    daemon.answer("plugin.manifests", "{'digest':'d2','plugins':[]}");

    for (String command : new String[] {"ssh", "ssh-config"}) {
      Cli.Ran ran = cli.run("vm", command, "web");

      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.err())
          .startsWith("error: no active plugin provides SSH access\nhint:  banger plugin list");
    }
  }

  @Test
  void anAnswerThatWouldBeAnOptionOfSshIsRefused() throws Exception {
    for (String name : new String[] {"-oProxyCommand=evil", "a b", "x\\ny", ""}) {
      daemon.answer(
          "plugin.call",
          "{'id':'i','name':'"
              + name
              + "','user':'root','identityFile':'/k','knownHostsFile':'/h','hostKeyAlias':'a'}");

      Cli.Ran ran = cli.run("vm", "ssh", "web");

      assertThat(ran.code()).isEqualTo(1);
      assertThat(home.resolve("ssh-args")).doesNotExist();
    }
  }

  @Test
  void aMissingSshIsNamedWithWhatToInstall() {
    Cli.Ran ran = cli.env("PATH", home.resolve("nothing").toString()).run("vm", "ssh", "web");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("there is no ssh in PATH").contains("openssh-client");
  }
}
