/** Finding, starting and talking to the daemon. */
package dev.banger.cli.daemon;
