package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** {@code banger vm logs}: the guest's serial console. */
public final class VmLogs implements Command {
  private static final int LONGEST_LINE = 16 * 1024;

  @Override
  public void describe(Options options) {
    Batch.describe(options);
    options
        .summary("what a VM printed on its console")
        .description(
            "On a terminal, and with -o json, control characters are shown escaped; elsewhere bytes come as they are.\n"
                + "Lines of several VMs begin with the name of theirs. Following ends when the VM does.")
        .flag("-f", "--follow", "go on as it prints more")
        .flag("--restarts", "follow on when it is stopped and started again")
        .value("--tail", "N", "only the last N lines")
        .example("banger vm logs brisk-otter --tail 50")
        .example("banger vm logs -f brisk-otter")
        .example("banger vm logs -f --all --tail 5");
  }

  @Override
  public int run(Invocation call) throws IOException {
    Json targets = Batch.params(call, "vm logs").done();
    boolean isSingle = Batch.isSingle(call) && !targets.has("labels");
    Json.Builder params = Json.build();
    if (isSingle) {
      params.put("ref", call.parsed().argument(0));
    }
    String tail = call.parsed().value("--tail");
    if (tail != null) {
      params.put(
          "tail",
          Quantities.count(tail, "--tail", 1, 1_000_000, "--tail 50 for the last 50 lines"));
    }
    boolean isRestarts = call.parsed().flag("--restarts");
    params.put("follow", isRestarts || call.parsed().flag("--follow"));
    if (isRestarts) {
      params.put("restarts", true);
    }
    return isSingle ? one(call, params.done()) : new ManyLogs(call).run(targets, params.done());
  }

  private static int one(Invocation call, Json params) throws IOException {
    boolean asBytes = !call.isJson() && !call.console().outputTerminal();
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream("vm.logs", params, Notifications.IGNORED)) {
      OutputStream out = asBytes ? call.out() : new Lines(new Plain(call));
      int code = Streams.copy(stream, out, call.err());
      if (!asBytes) {
        out.close();
      }
      return code == 0 ? 0 : 1;
    } catch (Streams.OutputClosedException e) {
      return 0;
    }
  }

  /** Where lines go. */
  interface Printer {
    void print(String line);

    /** Whether nobody takes any more. */
    boolean isClosed();
  }

  private record Plain(Invocation call) implements Printer {
    @Override
    public void print(String line) {
      if (call.isJson()) {
        call.print(Json.build().put("line", line).done());
      } else {
        call.out().println(Text.safe(line));
      }
    }

    @Override
    public boolean isClosed() {
      return call.out().checkError();
    }
  }

  /** Cuts bytes into lines; a line without end is printed when closed. */
  static final class Lines extends OutputStream {
    private final Printer printer;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(Printer printer) {
      this.printer = printer;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] == '\n' || line.size() == LONGEST_LINE) {
          print();
        }
        if (bytes[i] != '\n') {
          line.write(bytes[i]);
        }
      }
      if (printer.isClosed()) {
        throw new IOException("standard output is closed");
      }
    }

    @Override
    public void close() {
      if (line.size() > 0) {
        print();
      }
    }

    private void print() {
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      // Consoles end lines with CR LF.
      printer.print(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }
  }
}
