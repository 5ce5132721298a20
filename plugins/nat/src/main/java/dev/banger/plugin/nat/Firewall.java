package dev.banger.plugin.nat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One of the ways in which Linux filters packets. */
interface Firewall {
  /** {@code nft} or {@code iptables}. */
  String name();

  /**
   * Makes the rules those for these guests, whatever they were; takes all of them away when there
   * is none. What is not banger's own is not touched.
   */
  void load(List<Guest> guests) throws InterruptedException;

  /** How the rules that are loaded differ from those for these guests. Changes nothing. */
  Optional<String> difference(List<Guest> guests) throws InterruptedException;

  /** What guests sent to the outside, by address. */
  Map<String, Traffic> traffic() throws InterruptedException;

  /** Ids of the VMs that loaded rules name. */
  Set<String> tagged() throws InterruptedException;

  /** Whether anything of banger's own is loaded. */
  boolean isThere() throws InterruptedException;

  /** Whether other programs have rules for what is forwarded. */
  boolean othersForward() throws InterruptedException;

  /** New connections of guests that were let out, and those of them that nobody else dropped. */
  Passed passed() throws InterruptedException;

  /** Counted since the guest got its rules. */
  record Traffic(long packets, long bytes) {}

  /** Packets, counted since the rules were last loaded. */
  record Passed(long letOut, long leftTheHost) {}
}
