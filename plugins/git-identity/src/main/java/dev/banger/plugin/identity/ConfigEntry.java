package dev.banger.plugin.identity;

/**
 * A key with its value.
 *
 * @param section as git compares it: lower case; with a subsection, {@code section "subsection"}
 * @param key lower case
 * @param start of the key in the text
 * @param end after the value and what follows it on its line
 */
record ConfigEntry(String section, String key, String value, int start, int end) {}
