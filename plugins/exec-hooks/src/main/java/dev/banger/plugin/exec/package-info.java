/** Runs people's own scripts when VMs start and stop, under the contract that steps live by. */
package dev.banger.plugin.exec;
