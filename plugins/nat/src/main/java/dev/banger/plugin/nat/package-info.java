/** Lets guests on the bridge out, and keeps them apart: one table of packet rules of its own. */
package dev.banger.plugin.nat;
