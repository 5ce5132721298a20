package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.PluginRuntime;
import dev.banger.core.plugins.Terminal;
import java.io.IOException;
import java.nio.file.Path;

/** The method that attaches a client to a command of a plugin. */
final class PluginStreams {
  /** What a client exits with when the command itself did not say. */
  private static final int FAILED = 125;

  private final PluginRuntime plugins;

  PluginStreams(PluginRuntime plugins) {
    this.plugins = plugins;
  }

  /** {@code plugin.stream}. */
  Json stream(RpcCall call) throws IOException, InterruptedException {
    Params params = call.params();
    String plugin = params.text("plugin");
    String command = params.text("command");
    Path cwd = PluginMethods.cwd(params);
    String args = PluginMethods.args(params);
    Terminal terminal =
        params.flag("tty", false)
            ? Terminal.tty(params.integer("rows").orElse(24), params.integer("cols").orElse(80))
            : Terminal.pipes();
    plugins.checkAttachable(plugin, command, args, cwd);
    StreamEnds client = call.upgrade();
    Client watcher = new Client(Thread.currentThread());
    AttachedTerminal attached = new AttachedTerminal(client, terminal, watcher::left);
    try {
      int code = plugins.attach(plugin, command, args, cwd, terminal);
      watcher.finished();
      attached.finish();
      client.exit(code);
    } catch (BangerException e) {
      watcher.finished();
      attached.finish();
      client.error(e, FAILED);
    } catch (InterruptedException e) {
      if (!watcher.finished()) {
        client.error(new BangerException(ErrorKind.UNAVAILABLE, "the daemon is stopping"), FAILED);
        throw e;
      }
    } finally {
      attached.close();
    }
    return Json.NULL;
  }

  /** Interrupts the thread that serves a client when that has left, and only while it serves. */
  private static final class Client {
    private final Thread serving;
    private boolean left;
    private boolean over;

    Client(Thread serving) {
      this.serving = serving;
    }

    synchronized void left() {
      if (!over) {
        left = true;
        serving.interrupt();
      }
    }

    /** Whether it has left. */
    synchronized boolean finished() {
      if (!over && left) {
        var _ = Thread.interrupted();
      }
      over = true;
      return left;
    }
  }
}
