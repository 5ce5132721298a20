package dev.banger.plugin.dns;

import java.util.List;

/**
 * What was entered for a VM.
 *
 * @param address where the names lead
 * @param names inside the zone, without it
 */
record RecordReceipt(String address, List<String> names) {}
