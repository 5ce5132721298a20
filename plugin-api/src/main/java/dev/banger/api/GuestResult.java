package dev.banger.api;

/**
 * How a guest's command ended.
 *
 * @param exitCode 128 + n when killed by signal n
 * @param stdout at most the first 1 MiB, as UTF-8
 * @param stderr at most the first 1 MiB, as UTF-8
 * @param truncated whether output beyond that was thrown away
 */
public record GuestResult(int exitCode, String stdout, String stderr, boolean truncated) {}
