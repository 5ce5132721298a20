package dev.banger.cli.base;

import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows an operation's stages as they come: lines on standard error for people, or JSON Lines on
 * standard output.
 */
public final class Stages implements Notifications {
  private static final String PLUGIN_STEP = "plugin_";
  private static final int NAME_WIDTH = 16;
  private static final int TIME_WIDTH = 9;

  private final Invocation call;
  private final boolean asJson;
  private final boolean withVm;
  private final boolean isHidden;
  private boolean isLineOpen;
  private final Map<String, String> operations = new LinkedHashMap<>();
  private final Map<String, String> vms = new HashMap<>();

  private Stages(Invocation call, boolean asJson, boolean withVm, boolean isHidden) {
    this.call = call;
    this.asJson = asJson;
    this.withVm = withVm;
    this.isHidden = isHidden;
  }

  /** For people; each line names its VM when {@code withVm}. Nothing when quiet. */
  public static Stages shown(Invocation call, boolean withVm) {
    return new Stages(call, false, withVm, call.isQuiet());
  }

  /** Nothing but warnings; still learns the operation's id. */
  public static Stages hidden(Invocation call) {
    return new Stages(call, false, false, true);
  }

  /** JSON Lines on standard output where JSON is asked for, else {@link #shown}. */
  public static Stages streamed(Invocation call) {
    return new Stages(call, call.isJson(), false, call.isQuiet() && !call.isJson());
  }

  /** The id of the operation, or empty while no stage has told it. */
  public String operation() {
    String last = "";
    synchronized (operations) {
      for (String id : operations.keySet()) {
        last = id;
      }
    }
    return last;
  }

  /** The ids of all operations that were told of, in order. */
  public List<String> operations() {
    synchronized (operations) {
      return List.copyOf(operations.keySet());
    }
  }

  /** The name of the VM that was asked for as {@code ref}; empty when none was told. */
  String vmOf(String ref) {
    synchronized (operations) {
      return vms.getOrDefault(ref, "");
    }
  }

  private void learn(Json target) {
    synchronized (operations) {
      if (target.has("op")) {
        operations.put(target.text("op"), target.text("vm"));
      }
      if (target.has("ref")) {
        vms.put(target.text("ref"), target.text("vm"));
      }
    }
  }

  @Override
  public void notified(String method, Json params) {
    if ("warning".equals(method)) {
      clear();
      call.warn(params.text("message"));
    } else if ("targets".equals(method)) {
      for (Json target : params.get("targets").elements()) {
        learn(target);
      }
    } else if ("stage".equals(method)) {
      learn(params);
      stage(params);
    }
  }

  /** Shows one stage, for example of an operation that has ended. */
  public void stage(Json stage) {
    if (isHidden) {
      return;
    }
    if (asJson) {
      call.print(
          Json.build()
              .put("stage", stage.get("stage"))
              .put("status", stage.get("status"))
              .put("elapsedMs", stage.get("elapsedMs"))
              .put("message", Json.of(stage.text("message")))
              .put("op", stage.get("op"))
              .put("vm", stage.get("vm"))
              .done());
      return;
    }
    String status = stage.text("status");
    boolean isLively = call.console().isLively();
    if ("started".equals(status)) {
      if (isLively) {
        clear();
        call.err().print(name(stage).stripTrailing() + " ...");
        call.err().flush();
        isLineOpen = true;
      }
      return;
    }
    clear();
    long millis = stage.get("elapsedMs").number(-1);
    // A plugin's step is told of late, when it turns out to be slow; it says itself how long it
    // took.
    boolean isTimed =
        !"note".equals(status) && millis >= 0 && !stage.text("stage").startsWith(PLUGIN_STEP);
    String time = isTimed ? Quantities.elapsed(millis) : "";
    String message = stage.text("message");
    if ("failed".equals(status) || "skipped".equals(status)) {
      message = message.isEmpty() ? status : status + ": " + message;
    }
    String line = name(stage) + Text.padLeft(time, TIME_WIDTH);
    if (!message.isEmpty()) {
      line += "   " + Text.safe(message);
    }
    boolean isRed = isLively && "failed".equals(status);
    call.err().println(isRed ? "\u001b[31m" + line + "\u001b[0m" : line.stripTrailing());
    call.err().flush();
  }

  private String name(Json stage) {
    String name = Text.safe(plain(stage.text("stage")));
    String line = "  ";
    if (withVm) {
      line += Text.pad(Text.safe(stage.text("vm")), NAME_WIDTH) + " ";
    }
    return line + Text.pad(name, NAME_WIDTH);
  }

  /** {@code plugin_nat_rules}, a plugin's step, as people read it: {@code nat rules}. */
  static String plain(String stage) {
    if (!stage.startsWith(PLUGIN_STEP)) {
      return stage;
    }
    // Neither a plugin's id nor a step's name has an underscore.
    return stage.substring(PLUGIN_STEP.length()).replaceFirst("_", " ");
  }

  /** Wipes an unfinished line, so that something else can be printed. */
  public void clear() {
    if (isLineOpen) {
      call.err().print("\r\u001b[K");
      isLineOpen = false;
    }
  }
}
