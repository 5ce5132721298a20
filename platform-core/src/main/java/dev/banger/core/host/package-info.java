/** The only door to the operating system: commands, process identity, the clock. */
package dev.banger.core.host;
