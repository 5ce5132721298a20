package dev.banger.plugin.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.StepContext;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs scripts for one call into a step. */
final class Runner {
  /** A host tool is named, never a path; {@code env} makes one of the other. */
  static final String TOOL = "env";

  private static final int LONGEST_ANSWER = 64 * 1024;

  /** Kept back at most, so that what is to be done about a script that hangs is done in time. */
  private static final Duration RESERVE = Duration.ofSeconds(2);

  /** Whereby a {@code banger} that a script calls finds the daemon that runs it. */
  private static final List<String> WAY_BACK =
      List.of("BANGER_HOME", "BANGER_SOCKET", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_DATA_HOME");

  private final StepContext<HookReceipt> context;
  private final String phase;
  private final Duration timeout;

  Runner(StepContext<HookReceipt> context, String phase, Duration timeout) {
    this.context = context;
    this.phase = phase;
    this.timeout = timeout;
  }

  /**
   * Runs a script to its end.
   *
   * @param action {@code plan}, {@code start}, {@code stop} or {@code observe}
   * @param receipt one line of JSON
   * @throws CapabilityException when it must not be run, fails, takes too long or answers nonsense
   */
  Answer run(Script script, String action, String receipt)
      throws IOException, InterruptedException {
    script.check();
    Duration left = context.remaining();
    Duration kept = left.dividedBy(4);
    left = left.minus(kept.compareTo(RESERVE) < 0 ? kept : RESERVE);
    Duration limit = left.compareTo(timeout) < 0 ? left : timeout;
    if (limit.toMillis() <= 0) {
      throw failed(FailureKind.TIMEOUT, script, action, "no time was left for it");
    }
    Bounded out = new Bounded();
    ToolResult result = call(script, action, receipt, limit, out);
    if (!result.stderr().isBlank()) {
      context.log().log(
          System.Logger.Level.INFO,
          "{0} {1}, VM {2}:\n{3}",
          script.reference(),
          action,
          context.vm().name(),
          Words.tail(result.stderr()));
    }
    if (out.overflowed) {
      throw failed(FailureKind.HOST, script, action, "it printed more than 64 KiB");
    }
    if (!result.ok()) {
      throw failed(FailureKind.HOST, script, action, reason(result));
    }
    try {
      return Answer.parse(UTF_8.newDecoder().decode(out.bytes()).toString());
    } catch (CharacterCodingException e) {
      throw failed(FailureKind.HOST, script, action, "what it printed is not UTF-8");
    } catch (IllegalArgumentException e) {
      throw failed(
          FailureKind.HOST,
          script,
          action,
          "what it printed is not an answer: " + Words.clean(e.getMessage()));
    }
  }

  private ToolResult call(Script script, String action, String receipt, Duration limit, Bounded out)
      throws InterruptedException {
    try {
      return context
          .host()
          .run(
              ToolCall.of(limit, TOOL, "--", "./" + script.name(), action)
                  .in(script.file().getParent())
                  .withEnv(environment(action))
                  .withStdin(new ByteArrayInputStream(question(action, receipt).getBytes(UTF_8)))
                  .withStdout(out));
    } catch (CapabilityException e) {
      if (out.overflowed) {
        throw failed(FailureKind.HOST, script, action, "it printed more than 64 KiB");
      }
      if (e.kind() == FailureKind.TIMEOUT) {
        throw failed(
            FailureKind.TIMEOUT,
            script,
            action,
            "it did not end, or close its standard output, within %d ms"
                .formatted(limit.toMillis()));
      }
      throw e;
    }
  }

  private static String reason(ToolResult result) {
    String last = Words.lastLine(result.stderr());
    String code = "exit code " + result.exitCode();
    return last.isEmpty() ? code + ", and it said nothing" : code + ": " + last;
  }

  private static CapabilityException failed(
      FailureKind kind, Script script, String action, String why) {
    return new CapabilityException(
        kind,
        "script %s %s failed: %s".formatted(script.reference(), action, why),
        "it is " + script.file());
  }

  /** What it reads on its standard input. */
  private String question(String action, String receipt) {
    VmView vm = context.vm();
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("id", vm.id());
    about.put("name", vm.name());
    about.put("image", vm.image());
    about.put("address", vm.address());
    about.put("labels", vm.labels());
    about.put("state", vm.state());
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("vm", about);
    question.put("operation", context.operation());
    question.put("phase", phase);
    question.put("action", action);
    question.put("receipt", Json.object(receipt));
    return Json.text(question) + "\n";
  }

  /** The same for scripts that cannot read JSON; the receipt is on their standard input only. */
  private Map<String, String> environment(String action) {
    VmView vm = context.vm();
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : WAY_BACK) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    environment.put("BANGER_HOOK_ACTION", action);
    environment.put("BANGER_HOOK_PHASE", phase);
    environment.put("BANGER_HOOK_OPERATION", context.operation());
    environment.put("BANGER_HOOK_VM", vm.name());
    environment.put("BANGER_HOOK_VM_ID", vm.id());
    environment.put("BANGER_HOOK_VM_IMAGE", vm.image());
    environment.put("BANGER_HOOK_VM_ADDRESS", vm.address());
    return environment;
  }

  /** Takes what a script prints, and hangs up on one that does not stop. */
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private volatile boolean overflowed;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
      if (overflowed || kept.size() + length > LONGEST_ANSWER) {
        overflowed = true;
        throw new IOException("that is more than an answer");
      }
      kept.write(bytes, offset, length);
    }

    synchronized ByteBuffer bytes() {
      return ByteBuffer.wrap(kept.toByteArray());
    }
  }
}
