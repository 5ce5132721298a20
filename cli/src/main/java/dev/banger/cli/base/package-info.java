/** What every command is made of: options, invocation, failures, quantities. */
package dev.banger.cli.base;
