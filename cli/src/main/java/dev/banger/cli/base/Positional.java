package dev.banger.cli.base;

import java.util.List;

/**
 * One argument, or the last ones, of a command.
 *
 * @param least how many there must be, 0 or more
 * @param most how many there may be
 * @param kind what completion offers: nothing when empty; else one of {@code vm image plugin op
 *     path choice}
 */
public record Positional(
    String label, String kind, List<String> choices, int least, int most, String summary) {}
