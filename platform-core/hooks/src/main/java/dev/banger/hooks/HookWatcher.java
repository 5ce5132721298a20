package dev.banger.hooks;

/** Sees every call into a plugin when it is over. Quick; never throws. */
@FunctionalInterface
public interface HookWatcher {
  HookWatcher NONE = _ -> {};

  void ran(HookRun run);
}
