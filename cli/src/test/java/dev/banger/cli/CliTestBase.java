package dev.banger.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A home, a daemon in it that does as it is told, and a command line that talks to it. */
abstract class CliTestBase {
  static final String VM =
      "{'id':'3f9a1c2d4e5f60718293a4b5c6d7e8f9','name':'web','state':'running','image':'debian','cpus':2,"
          + "'memoryMiB':1024,'diskMiB':8192,'workDiskMiB':4096,'nat':false,'driver':'qemu','accel':'tcg',"
          + "'ip':'127.77.0.2','dnsName':'web.vm','createdAt':'2026-01-01T00:00:00Z',"
          + "'startedAt':'2026-01-01T00:00:01Z','degraded':[],'labels':{}}";
  static final String ID = "3f9a1c2d4e5f60718293a4b5c6d7e8f9";

  Path home;
  FakeDaemon daemon;
  Cli cli;

  @BeforeEach
  final void open() throws IOException {
    // Short, because a socket's path is limited; @TempDir puts the test's name in.
    home = Files.createTempDirectory("bgr");
    daemon = new FakeDaemon(home.resolve("run/d.sock"));
    cli = new Cli(home);
  }

  @AfterEach
  final void close() throws IOException {
    daemon.close();
    deleteTree(home);
  }

  static void deleteTree(Path tree) throws IOException {
    try (var walk = Files.walk(tree)) {
      for (Path path : walk.toList().reversed()) {
        Files.delete(path);
      }
    }
  }

  static String ok(String vm, String note) {
    return "{'results':[{'ref':'web','ok':true,'vm':"
        + vm
        + ",'elapsedMs':1100,'note':'"
        + note
        + "'}]}";
  }

  /** As vm.show answers. */
  static String shown(String vm) {
    return "{'results':[{'ref':'web','ok':true,'vm':" + vm + "}]}";
  }

  static String failed(String ref, String kind, String message) {
    return "{'ref':'"
        + ref
        + "','ok':false,'error':{'kind':'"
        + kind
        + "','message':'"
        + message
        + "','hint':'banger ls','details':[]}}";
  }
}
