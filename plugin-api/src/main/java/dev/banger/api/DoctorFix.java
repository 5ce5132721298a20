package dev.banger.api;

/** Mends what a {@link DoctorCheck} complained of. */
@FunctionalInterface
public interface DoctorFix {
  /**
   * Called for {@code banger doctor --fix} when its check did not say {@code OK}; the check is run
   * again afterwards. Safe to repeat. Deadline: 30 s.
   *
   * @return what was done, in one line; empty when there is nothing that can be done from here
   */
  String fix(PluginContext context) throws Exception;
}
