package dev.banger.cli.term;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell, two spaces apart. Headers and cells are made safe here. */
public final class Table {
  private static final int GAP = 2;

  private final List<String[]> rows = new ArrayList<>();
  private final List<String[]> links = new ArrayList<>();
  private final int columns;

  private Table(int columns) {
    this.columns = columns;
  }

  /**
   * @param headers one for each column
   */
  public Table(String... headers) {
    this(headers.length);
    addRow(headers);
  }

  /** A table without headers. */
  public static Table bare(int columns) {
    return new Table(columns);
  }

  /**
   * @throws IllegalArgumentException when there are not as many cells as columns
   */
  public Table row(String... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
    }
    addRow(cells);
    return this;
  }

  /**
   * The same, with an address for each cell to lead to.
   *
   * @param addresses one for each column; what is none, as an empty one, leads nowhere
   */
  public Table linked(String[] addresses, String... cells) {
    row(cells);
    links.set(links.size() - 1, addresses.clone());
    return this;
  }

  private void addRow(String... cells) {
    links.add(null);
    String[] safe = new String[columns];
    for (int i = 0; i < columns; i++) {
      safe[i] = Text.safe(cells[i]);
    }
    rows.add(safe);
  }

  public void print(PrintStream to) {
    print(to, "");
  }

  /** Prints each row after {@code indent}. */
  public void print(PrintStream to, String indent) {
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].codePointCount(0, row[i].length()));
      }
    }
    // Printed as one text: a line each would be encoded, and flushed on some streams, each.
    StringBuilder text = new StringBuilder();
    for (int number = 0; number < rows.size(); number++) {
      String[] row = rows.get(number);
      String[] addresses = links.get(number);
      int start = text.length();
      text.append(indent);
      for (int i = 0; i < columns; i++) {
        text.append(addresses == null ? row[i] : Hyperlinks.of(addresses[i], row[i]))
            .repeat(' ', widths[i] - row[i].codePointCount(0, row[i].length()) + GAP);
      }
      int end = text.length();
      while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
      text.setLength(end);
      text.append(System.lineSeparator());
    }
    to.print(text);
  }
}
