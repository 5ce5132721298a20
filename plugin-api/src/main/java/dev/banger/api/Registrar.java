package dev.banger.api;

/**
 * Takes a plugin's declarations. Every method throws {@link IllegalArgumentException} when a
 * declaration is malformed or made twice, which fails the build of the plugin, or else its load.
 */
public interface Registrar {
  /** One line for people: what the plugin is for. At most 200 characters. Required, once. */
  void describe(String purpose);

  /**
   * What the plugin will ask of the {@link CapabilityHost}. Asking for anything else is refused.
   */
  void needs(Permission... permissions);

  /** Adds files to every guest. At most once per plugin. */
  void earlyFiles(EarlyFileContributor contributor);

  /** Told when a VM is gone for good. At most once per plugin. */
  void vmRemoved(VmRemovedHandler handler);

  /** Adds a command to the command line. */
  void command(CommandSpec spec, CommandHandler handler);

  /**
   * Adds a check to {@code banger doctor}.
   *
   * @param id lower-case letters, digits and hyphens; unique within the plugin
   */
  void doctor(String id, DoctorCheck check);
}
