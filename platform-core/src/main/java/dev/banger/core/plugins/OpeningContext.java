package dev.banger.core.plugins;

import dev.banger.api.OpenContext;
import dev.banger.api.PluginContext;
import dev.banger.hooks.Background;
import dev.banger.hooks.ContextView;
import java.util.List;

/** What a plugin gets when it is opened. */
final class OpeningContext extends ContextView implements OpenContext {
  private final Background threads;
  private final Remarks remarks;

  OpeningContext(PluginContext context, Background threads, Remarks remarks) {
    super(context);
    this.threads = threads;
    this.remarks = remarks;
  }

  @Override
  public void remark(String vmId, List<String> lines) {
    remarks.put(vmId, lines);
  }

  @Override
  public void background(String name, Work work) {
    threads.start(name, work);
  }
}
