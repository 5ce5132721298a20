/**
 * The agent inside a guest: one link to the host, and what the host may ask of the guest over it.
 * Needs java.base only. Written for a quick start under emulation: few classes, few lambdas, no
 * reflection, and the foreign function interface only where a terminal is asked for.
 */
package dev.banger.agent;
