package dev.banger.plugin.dns;

import java.util.List;

/**
 * The record of a running VM, as it is stored.
 *
 * @param vm its name, for people
 * @param address an address in text, IPv4 or IPv6
 * @param names inside the zone, without it
 */
record Entry(String vm, String address, List<String> names) {}
