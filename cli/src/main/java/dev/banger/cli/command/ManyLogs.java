package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.term.Columns;
import dev.banger.cli.term.Signals;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The consoles of several VMs at once: each line begins with the name of its VM. */
final class ManyLogs {
  /** Colours of names, in turn (SGR): those that can be read on dark and on light. */
  private static final int[] COLORS = {36, 33, 32, 35, 34, 31};

  private final Invocation call;
  private final List<Source> sources = new ArrayList<>();
  private boolean hasLeft;
  private boolean isClosed;
  private int failed;

  ManyLogs(Invocation call) {
    this.call = call;
  }

  /**
   * @param targets which, as batches take it
   * @param settings further parameters of {@code vm.logs}
   */
  int run(Json targets, Json settings) {
    Json results = call.call("vm.show", targets).get("results");
    int width = 0;
    for (Json result : results.elements()) {
      width = Math.max(width, Columns.of(Text.safe(result.get("vm").text("name"))));
    }
    try (Signals.Subscription interrupted =
        call.console()
            .signals()
            .on(
                "INT",
                new Runnable() {
                  @Override
                  public void run() {
                    leave();
                  }
                })) {
      for (Json result : results.elements()) {
        open(result, settings, width);
      }
      for (Source source : sources) {
        source.thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      leave();
    }
    synchronized (this) {
      return hasLeft ? Failure.INTERRUPTED : failed == 0 || isClosed ? 0 : Failure.FAILED;
    }
  }

  private void open(Json result, Json settings, int width) {
    if (!result.get("ok").truth(false)) {
      fail(result);
      return;
    }
    Json vm = result.get("vm");
    Json.Builder params = Json.build().put("ref", vm.get("id"));
    settings.fields().forEach(params::put);
    BangerClient client = call.newClient();
    try {
      ByteStream stream = client.stream("vm.logs", params.done(), Notifications.IGNORED);
      Source source = new Source(client, stream, vm.text("name"), prefix(vm, width));
      synchronized (this) {
        sources.add(source);
        if (hasLeft) {
          source.close();
        }
      }
      source.thread.start();
    } catch (RpcException e) {
      client.close();
      fail(Json.build().put("ref", vm.get("name")).put("error", Failure.of(e).toJson()).done());
    }
  }

  private String prefix(Json vm, int width) {
    String name = Columns.pad(Text.safe(vm.text("name")), width) + " | ";
    return call.console().isOutputColorful()
        ? "\u001b[" + COLORS[sources.size() % COLORS.length] + "m" + name + "\u001b[0m"
        : name;
  }

  private synchronized void fail(Json result) {
    failed++;
    Batch.tellFailed(call, result);
  }

  private synchronized void leave() {
    hasLeft = true;
    closeAll();
  }

  private synchronized void closeAll() {
    for (Source source : sources) {
      source.close();
    }
  }

  /** One VM's console. */
  private final class Source implements Runnable, VmLogs.Printer {
    private final BangerClient client;
    private final ByteStream stream;
    private final String name;
    private final String prefix;
    private final Thread thread;

    Source(BangerClient client, ByteStream stream, String name, String prefix) {
      this.client = client;
      this.stream = stream;
      this.name = name;
      this.prefix = prefix;
      this.thread = new Thread(this, "banger-logs");
      thread.setDaemon(true);
    }

    @Override
    public void run() {
      try (VmLogs.Lines lines = new VmLogs.Lines(this)) {
        Streams.copy(stream, lines, call.err());
      } catch (Streams.OutputClosedException e) {
        synchronized (ManyLogs.this) {
          isClosed = true;
          closeAll();
        }
      } catch (Failure e) {
        failed(e);
      } catch (IOException e) {
        failed(Streams.lost());
      } finally {
        close();
      }
    }

    private void failed(Failure failure) {
      synchronized (ManyLogs.this) {
        if (!hasLeft && !isClosed) {
          fail(Json.build().put("ref", name).put("error", failure.toJson()).done());
        }
      }
    }

    @Override
    public void print(String line) {
      synchronized (ManyLogs.this) {
        if (hasLeft || isClosed) {
          return;
        }
        if (call.isJson()) {
          call.print(Json.build().put("vm", name).put("line", line).done());
        } else {
          call.out().println(prefix + Text.safe(line));
        }
      }
    }

    @Override
    public boolean isClosed() {
      return call.out().checkError();
    }

    void close() {
      stream.close();
      client.close();
    }
  }
}
