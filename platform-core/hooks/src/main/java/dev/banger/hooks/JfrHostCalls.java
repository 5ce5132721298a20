package dev.banger.hooks;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Makes a JFR event {@code banger.HostCall} of every call of a plugin into the host. */
public final class JfrHostCalls implements HostCalls {
  @Override
  public void before(String pluginId, String call) {}

  @Override
  public void after(String pluginId, String call, long nanos) {
    HostCall event = new HostCall();
    if (!event.shouldCommit()) {
      return;
    }
    event.plugin = pluginId;
    event.call = call;
    event.took = nanos;
    event.commit();
  }

  @Name("banger.HostCall")
  @Label("Call of a plugin into the host")
  @Category("banger")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // the recorder reads the fields
  private static final class HostCall extends Event {
    private String plugin;
    private String call;

    @Timespan(Timespan.NANOSECONDS)
    private long took;
  }
}
