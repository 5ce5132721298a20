package dev.banger.api;

/**
 * A column of a command's table.
 *
 * @param field the field of the result it shows
 * @param header in capitals
 */
public record Column(String field, String header) {}
