/** The terminal: streams, escaping, tables, raw mode, signals. */
package dev.banger.cli.term;
