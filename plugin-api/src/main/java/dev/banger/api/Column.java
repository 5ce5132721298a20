package dev.banger.api;

import java.util.Objects;

/**
 * A column of a command's table.
 *
 * @param field the field of the result it shows
 * @param header in capitals
 * @param link a field with the {@code http} or {@code https} address that a terminal opens when the
 *     cell is clicked; empty for none
 * @param sparse whether it is left out of an answer's table in which all its cells are empty
 */
public record Column(String field, String header, String link, boolean sparse) {
  public Column {
    Objects.requireNonNull(field);
    Objects.requireNonNull(header);
    Objects.requireNonNull(link);
  }

  /** A column that is always shown, and leads nowhere. */
  public Column(String field, String header) {
    this(field, header, "", false);
  }

  /** The same, leading to the address in that field. */
  public Column linkedTo(String linkField) {
    return new Column(field, header, linkField, sparse);
  }

  /** The same, left out where it would be empty. */
  public Column unlessEmpty() {
    return new Column(field, header, link, true);
  }
}
