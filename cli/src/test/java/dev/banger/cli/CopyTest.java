package dev.banger.cli;

import static dev.banger.cli.FakeDaemon.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import dev.banger.tar.TarReader;
import dev.banger.testkit.HostileTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopyTest extends CliTestBase {
  private byte[] sent = {};

  /** A guest in which these are directories; "/etc/hosts" is a file. */
  private void guestWith(String... directories) {
    daemon.on(
        "vm.files.stat",
        (params, session) -> {
          String path = params.text("path");
          String bare =
              path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
          boolean isDirectory = List.of(directories).contains(bare);
          return Json.build()
              .put("exists", isDirectory || bare.equals("/etc/hosts"))
              .put("directory", isDirectory)
              .done();
        });
    daemon.on(
        "vm.files.put",
        (params, session) -> {
          session.upgrade();
          sent = session.input();
          session.exit(0);
          return null;
        });
  }

  private void guestSends(byte[] archive) {
    daemon.on(
        "vm.files.get",
        (params, session) -> {
          session.upgrade().stdout().write(archive);
          session.exit(0);
          return null;
        });
  }

  private String firstName() throws IOException {
    return new TarReader(new ByteArrayInputStream(sent)).next().name();
  }

  @ParameterizedTest
  @CsvSource({
    "web:/root,/root,file",
    "web:/root/,/root/,file",
    "web:/root/new,/root,new",
    "web:/etc/hosts,/etc,hosts",
  })
  void aFileGoesIntoAFolderOrTakesTheNameGiven(String destination, String directory, String name)
      throws Exception {
    guestWith("/root", "/etc");
    Files.writeString(home.resolve("file"), "content");

    Cli.Ran ran = cli.run("vm", "cp", "file", destination);

    assertThat(ran).isEqualTo(new Cli.Ran(0, "1 file, 7 B\n", ""));
    assertThat(daemon.params("vm.files.put").text("directory")).isEqualTo(directory);
    assertThat(firstName()).isEqualTo(name);
  }

  @Test
  void aFolderGoesIntoAFolder() throws Exception {
    guestWith("/root");
    Files.createDirectories(home.resolve("tree/sub"));
    Files.writeString(home.resolve("tree/sub/a"), "1");

    assertThat(
            cli.run("vm", "cp", home.resolve("tree").toString(), "web:/root", "-o", "json").json())
        .isEqualTo(json("{'files':1,'bytes':1,'warnings':[]}"));
    assertThat(firstName()).isEqualTo("tree/");
  }

  @ParameterizedTest
  @CsvSource({
    "file,web:/nowhere/x,there is no directory /nowhere in web",
    "file,web:/root/sub/,there is no directory /root/sub/ in web",
    "tree,web:/etc/hosts,is a file",
    "missing,web:/root/,there is no file",
  })
  void whatCannotBeCopiedInIsToldBeforeAnythingIsSent(
      String source, String destination, String said) throws Exception {
    guestWith("/root", "/etc");
    Files.writeString(home.resolve("file"), "content");
    Files.createDirectory(home.resolve("tree"));

    Cli.Ran ran = cli.run("vm", "cp", source, destination);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(said);
    assertThat(daemon.heard().stream().filter(call -> call.method().equals("vm.files.put")))
        .isEmpty();
  }

  @Test
  void aGuestThatIsFullEndsTheCopy() throws Exception {
    guestWith("/root");
    daemon.on(
        "vm.files.put",
        (params, session) -> {
          session.upgrade();
          session.read();
          session.error("{'kind':'guest','message':'tar failed: no space left on device'}");
          // Reads no more, as a daemon that has given up.
          return null;
        });
    Files.write(home.resolve("large"), new byte[5_000_000]);

    Cli.Ran ran = cli.run("vm", "cp", "large", "web:/root/");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("no space left on device");
  }

  @Test
  void aFileComesOutUnderItsNameOrTheOneGiven() throws Exception {
    guestSends(new HostileTar().file("dpkg.log", "log").done());

    assertThat(cli.run("vm", "cp", "web:/var/log/dpkg.log", ".").out()).isEqualTo("1 file, 3 B\n");
    assertThat(home.resolve("dpkg.log")).hasContent("log");
    assertThat(daemon.params("vm.files.get"))
        .isEqualTo(json("{'ref':'web','path':'/var/log/dpkg.log'}"));
    cli.run("vm", "cp", "web:/var/log/dpkg.log", "other");
    assertThat(home.resolve("other")).hasContent("log");
  }

  @Test
  void aFolderComesOutUnderItsNameOrTheOneGiven() throws Exception {
    guestSends(new HostileTar().directory("tree/").file("tree/a", "1").done());

    cli.run("vm", "cp", "web:/root/tree/", "copy");
    cli.run("vm", "cp", "web:/root/tree", home.toString());

    assertThat(home.resolve("copy/a")).hasContent("1");
    assertThat(home.resolve("tree/a")).hasContent("1");
  }

  @Test
  void aHostileGuestGetsNothingOutOfItsPlace() throws Exception {
    Path destination = Files.createDirectory(home.resolve("here"));
    guestSends(new HostileTar().directory("tree/").file("tree/../../evil", "x").done());

    Cli.Ran ran = cli.run("vm", "cp", "web:/root/tree", destination.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err())
        .contains("the guest sent an archive that is not taken: a name that leads upwards");
    assertThat(home.resolve("evil")).doesNotExist();
  }

  @Test
  void linksThatLeadOutAreAWarning() throws Exception {
    guestSends(new HostileTar().directory("tree/").link("tree/\u001bl", "/etc/passwd").done());

    Cli.Ran ran = cli.run("vm", "cp", "web:/root/tree", ".");

    assertThat(ran.code()).isZero();
    assertThat(ran.err())
        .isEqualTo("warning: left out: tree/\\x1bl is a link out of the copy, to /etc/passwd\n");
  }

  @Test
  void aTransferThatBreaksOffIsNotTakenForWhole() throws Exception {
    daemon.on(
        "vm.files.get",
        (params, session) -> {
          session.upgrade().stdout().write(new HostileTar().directory("tree/").torn());
          return null;
        });
    assertThat(cli.run("vm", "cp", "web:/root/tree", ".").code()).isEqualTo(1);

    daemon.on(
        "vm.files.get",
        (params, session) -> {
          session.upgrade().stdout().write(new HostileTar().file("f", "x").done());
          session.error("{'kind':'guest','message':'read error'}");
          return null;
        });
    Cli.Ran ran = cli.run("vm", "cp", "web:/root/f", ".");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("read error");
  }

  @ParameterizedTest
  @CsvSource({
    "web:/root/x,nowhere/y,there is no directory",
    "web:/root/x,nowhere/,there is no directory",
    "web:/root/..,.,has no name of its own",
  })
  void whereNothingCanBeWrittenIsToldFirst(String source, String destination, String said) {
    Cli.Ran ran = cli.run("vm", "cp", source, destination);

    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains(said);
    assertThat(daemon.heard()).isEmpty();
  }
}
