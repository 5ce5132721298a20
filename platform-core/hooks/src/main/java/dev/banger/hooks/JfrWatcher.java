package dev.banger.hooks;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Makes a JFR event {@code banger.PluginHook} of every call into a plugin. */
public final class JfrWatcher implements HookWatcher {
  @Override
  public void ran(HookRun run) {
    PluginHook event = new PluginHook();
    if (!event.shouldCommit()) {
      return;
    }
    event.plugin = run.plugin();
    event.version = run.version();
    event.step = run.step();
    event.phase = run.phase();
    event.vm = run.vmName();
    event.operation = run.operation();
    event.action = run.action();
    event.outcome = run.outcome();
    event.took = run.took().toNanos();
    event.commit();
  }

  @Name("banger.PluginHook")
  @Label("Plugin hook")
  @Category("banger")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // the recorder reads the fields
  private static final class PluginHook extends Event {
    private String plugin;
    private String version;
    private String step;
    private String phase;
    private String vm;
    private String operation;
    private String action;
    private String outcome;

    @Timespan(Timespan.NANOSECONDS)
    private long took;
  }
}
