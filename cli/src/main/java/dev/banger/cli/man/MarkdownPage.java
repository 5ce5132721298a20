package dev.banger.cli.man;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A manual page from a page of the documentation: headings, paragraphs, lists, tables, blocks of
 * code. Marks inside of a line are taken away.
 */
public final class MarkdownPage {
  private static final String FENCE = "```";

  private final Roff page;
  private final List<String> lines;
  private int next;

  private MarkdownPage(Roff page, List<String> lines) {
    this.page = page;
    this.lines = lines;
  }

  /**
   * @param summary for the NAME section
   * @param markdown its first heading is left out
   */
  public static String of(
      String name, int section, String version, String summary, String markdown) {
    Roff page = new Roff(name, section, version).name(name, summary).section("DESCRIPTION");
    new MarkdownPage(page, markdown.lines().toList()).convert();
    return page.toString();
  }

  private void convert() {
    while (next < lines.size()) {
      String line = lines.get(next);
      if (line.startsWith("# ") || line.startsWith("<!--")) {
        next++;
      } else if (line.startsWith("#")) {
        page.section(plain(line.replaceFirst("^#+ *", "")));
        next++;
      } else if (line.startsWith(FENCE)) {
        code();
      } else if (line.startsWith("|")) {
        table();
      } else {
        if (line.startsWith("- ")) {
          page.paragraph(plain(line));
        } else {
          page.text(plain(line));
        }
        next++;
      }
    }
  }

  private void code() {
    List<String> block = new ArrayList<>();
    for (next++; next < lines.size() && !lines.get(next).startsWith(FENCE); next++) {
      block.add(lines.get(next));
    }
    next++;
    page.verbatim(block);
  }

  /** The first column names; the last one tells, after what is between them under its heading. */
  private void table() {
    List<String> head = cells(lines.get(next));
    for (next += 2; next < lines.size() && lines.get(next).startsWith("|"); next++) {
      List<String> row = cells(lines.get(next));
      StringBuilder text = new StringBuilder(row.size() > 1 ? row.getLast() : "");
      for (int i = 1; i < row.size() - 1 && i < head.size(); i++) {
        text.append(i == 1 ? " (" : "; ").append(head.get(i)).append(": ").append(row.get(i));
      }
      page.item(row.getFirst(), text.append(row.size() > 2 ? ")" : "").toString());
    }
  }

  private static List<String> cells(String line) {
    String inner = line.strip().replaceFirst("^[|]", "").replaceFirst("[|]$", "");
    return Arrays.stream(inner.split("[|]", -1)).map(cell -> plain(cell.strip())).toList();
  }

  private static String plain(String text) {
    return text.replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1").replace("`", "").replace("**", "");
  }
}
