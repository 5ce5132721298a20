package dev.banger.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/**
 * {@link FakeDaemon} as a program of its own, for tests that start one. Notes each start in the
 * file {@code started} of its home, offers the manifests in the file {@code offered-manifests} if
 * there is one, and ends when asked to.
 */
public final class FakeDaemonProgram {
  private FakeDaemonProgram() {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of(System.getenv("BANGER_HOME"));
    Files.writeString(
        home.resolve("started"),
        ProcessHandle.current().pid() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    System.out.println("hello from the daemon");
    CountDownLatch stop = new CountDownLatch(1);
    try (FakeDaemon daemon = FakeDaemon.unchecked(home.resolve("run/d.sock"))) {
      daemon.answer(
          "daemon.ping",
          "{'version':'0.1.0','protocol':1,'pid':" + ProcessHandle.current().pid() + "}");
      daemon.answer("vm.list", "[]");
      Path manifests = home.resolve("offered-manifests");
      if (Files.exists(manifests)) {
        daemon.answer("plugin.manifests", Files.readString(manifests));
        daemon.answer("plugin.call", "{'message':'done'}");
      }
      daemon.on(
          "daemon.stop",
          (params, session) -> {
            stop.countDown();
            return FakeDaemon.json("{'stopping':true}");
          });
      stop.await();
      // The answer goes out before the socket does.
      Thread.sleep(50);
    }
  }
}
