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

  /**
   * Needs another plugin: this one is started after it, is blocked while it is not active, and is
   * closed before it.
   *
   * @param plugin its id
   * @param range of its version, for example {@code >=1.0 <2}
   */
  void requires(String plugin, String range);

  /**
   * Has a configuration, the table {@code [plugins.ID]}. A component {@code maxFiles} is the key
   * {@code max_files}; what is not configured has the value it has here; an unknown key is an error
   * that names the nearest known one. The record's constructor refuses bad values with {@link
   * IllegalArgumentException} in one sentence. At most once per plugin.
   *
   * @param defaults an instance with the default of every key; a plain record, see the package
   */
  void config(Record defaults);

  /** Has a say before a VM is created or started. At most once per plugin. */
  void validate(Validator validator);

  /** Adds to what VMs are started with. At most once per plugin. */
  void contribute(LaunchContributor contributor);

  /**
   * Takes part in the start and stop of every VM.
   *
   * @param receipt see {@link LifecycleStep}
   */
  <R extends Record> void step(StepSpec spec, Class<R> receipt, LifecycleStep<R> step);

  /** Told when a VM is gone for good. At most once per plugin. */
  void vmRemoved(VmRemovedHandler handler);

  /** Is told what became of VMs. At most once per plugin. */
  void events(VmEventHandler handler);

  /** Removes leftovers. At most once per plugin. */
  void sweep(Sweeper sweeper);

  /** Notices what others took away of what it made for VMs. At most once per plugin. */
  void watch(Watcher watcher);

  /** Says which VMs are in use by what the plugin does. At most once per plugin. */
  @Incubating
  default void use(UseSource source) {
    throw new UnsupportedOperationException("this version of banger asks no plugin for use");
  }

  /** Adds an RPC method with a command on the command line. */
  void command(CommandSpec spec, CommandHandler handler);

  /**
   * Does something after every command that has this role and has gone well. At most once for each
   * role.
   *
   * @param role see {@link CommandSpec#role}; nothing happens while no plugin has it
   */
  void after(String role, CommandFollower follower);

  /**
   * Adds a check to {@code banger doctor}, and what {@code banger doctor --fix} does about it.
   *
   * @param id lower-case letters, digits and hyphens; unique within the plugin
   */
  void doctor(String id, DoctorCheck check, DoctorFix fix);

  /**
   * Adds a check to {@code banger doctor}.
   *
   * @param id lower-case letters, digits and hyphens; unique within the plugin
   */
  void doctor(String id, DoctorCheck check);
}
