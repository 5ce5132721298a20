package dev.banger.api;

import org.pf4j.ExtensionPoint;

/**
 * The entry class of a plugin. It is public and has a public constructor without arguments.
 *
 * <p>The daemon makes one instance and calls {@link #register} once, then {@link #open} once. Only
 * then do handlers run; they run on threads of the daemon, several at a time for different VMs, so
 * they are thread-safe. {@link #close} comes last, also after an {@code open} that failed.
 *
 * <p>Every call has a deadline. When it passes, the thread is interrupted, and shortly after every
 * call to the {@link CapabilityHost} that was handed out for it is refused. Whatever is thrown is
 * caught and reported with the plugin's name; it never harms the daemon or another plugin.
 */
public interface CapabilityPlugin extends ExtensionPoint {
  /**
   * Says what the plugin adds and needs. Pure: no file, process, thread or clock is touched, and a
   * second call on another instance declares the same. The build calls it to write the manifest.
   * Deadline: 5 s.
   */
  void register(Registrar registrar);

  /**
   * Gets what the whole plugin needs ready. Deadline: 10 s. What it throws disables the plugin with
   * that reason.
   *
   * @param context good until {@link #close} returns
   */
  default void open(OpenContext context) throws Exception {}

  /**
   * Gives everything back: no thread, file handle, process or shutdown hook of the plugin remains.
   * Deadline: 5 s.
   */
  default void close() throws Exception {}
}
