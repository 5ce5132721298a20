/**
 * The hook engine: runs what plugins declare at the moments of a VM's life, and never loses track
 * of what they made. It knows the plugin API and nothing else of banger: the daemon gives it a
 * {@link dev.banger.hooks.Journal} in SQLite and the plugins that PF4J loaded, the test kit one in
 * memory and the plugin under test. So what an author tests against is the engine that will run the
 * plugin.
 *
 * <p>Everything here speaks of failures as {@link dev.banger.api.CapabilityException}.
 */
package dev.banger.hooks;
