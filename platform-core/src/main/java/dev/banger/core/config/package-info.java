/**
 * {@code config.toml} as records, every problem of it at once; and the rules for what a VM may be
 * asked to be. One table of options gives the defaults, {@code config show} and the documentation.
 */
package dev.banger.core.config;
