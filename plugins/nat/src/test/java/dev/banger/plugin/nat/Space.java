package dev.banger.plugin.nat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace: a host of its own as far as packets are concerned, real rules included. As
 * root directly, else as the root of a user namespace. Gone with the process that holds it, which
 * ends by itself after a few minutes if nobody ends it.
 */
final class Space implements AutoCloseable {
  private static final String HOLD = "echo ready; exec sleep 600";

  private final Process holder;
  private final List<String> enter;

  private Space(Process holder, List<String> enter) {
    this.holder = holder;
    this.enter = enter;
  }

  /** A host. */
  static Space host() throws IOException {
    boolean root = System.getProperty("user.name").equals("root");
    List<String> unshare =
        root ? List.of("unshare", "-n") : List.of("unshare", "--user", "--map-root-user", "-n");
    Process holder = hold(unshare);
    String pid = String.valueOf(holder.pid());
    return new Space(
        holder,
        root
            ? List.of("nsenter", "-t", pid, "-n")
            : List.of("nsenter", "-t", pid, "-U", "-n", "--preserve-credentials"));
  }

  /** Another one that this one may be wired to. */
  Space neighbour() throws IOException {
    List<String> unshare = new ArrayList<>(enter);
    unshare.addAll(List.of("unshare", "-n"));
    Process other = hold(unshare);
    List<String> entering = new ArrayList<>(enter);
    entering.set(2, String.valueOf(other.pid()));
    return new Space(other, entering);
  }

  private static Process hold(List<String> unshare) throws IOException {
    List<String> argv = new ArrayList<>(unshare);
    argv.addAll(List.of("sh", "-c", HOLD));
    Process holder = new ProcessBuilder(argv).redirectErrorStream(true).start();
    BufferedReader said = holder.inputReader(UTF_8);
    String first = said.readLine();
    if (!"ready".equals(first)) {
      holder.destroyForcibly();
      throw new AssertionError(
          "this test needs a network namespace: run it as root, or let ordinary users make user"
              + " namespaces (kernel.unprivileged_userns_clone=1,"
              + " kernel.apparmor_restrict_unprivileged_userns=0); %s said: %s"
                  .formatted(String.join(" ", unshare), first));
    }
    return holder;
  }

  String pid() {
    return String.valueOf(holder.pid());
  }

  /** Runs lines of a shell in it; they have to succeed. */
  void sh(String script) {
    ToolResult result = run(List.of("sh", "-ec", script), null);
    if (!result.ok()) {
      throw new AssertionError("%s\nfailed: %s".formatted(script, result));
    }
  }

  /** Whether a command succeeds in it. */
  boolean succeeds(String... argv) {
    return run(List.of(argv), null).ok();
  }

  String output(String... argv) {
    return run(List.of(argv), null).stdout();
  }

  /** A tool of the host, run in here instead. */
  ToolResult tool(ToolCall call) {
    return run(call.argv(), call.stdin().orElse(null));
  }

  private ToolResult run(List<String> argv, InputStream in) {
    Process process = start(argv);
    try (OutputStream to = process.getOutputStream()) {
      if (in != null) {
        in.transferTo(to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (InputStream from = process.getInputStream()) {
      String out = new String(from.readAllBytes(), UTF_8);
      String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new AssertionError("does not end: " + argv);
      }
      return new ToolResult(process.exitValue(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Something that goes on until it is destroyed. */
  Process start(List<String> argv) {
    List<String> all = new ArrayList<>(enter);
    all.addAll(argv);
    try {
      ProcessBuilder builder = new ProcessBuilder(all);
      builder.environment().put("LC_ALL", "C");
      builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, sbin) -> path + ":" + sbin);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    holder.destroyForcibly().onExit().join();
  }
}
