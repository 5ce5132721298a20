/** The commands themselves. */
package dev.banger.cli.command;
