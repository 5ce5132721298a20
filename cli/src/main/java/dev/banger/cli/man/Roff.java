package dev.banger.cli.man;

/**
 * A manual page in the language of {@code man(7)}. Whatever text is given is shown as it is:
 * nothing in it is taken for a request or an escape.
 */
public final class Roff {
  private final StringBuilder page = new StringBuilder();

  /**
   * @param section the part of the manual, for example 1
   * @param version of the program, for the foot of the page
   */
  public Roff(String name, int section, String version) {
    page.append(".TH \"")
        .append(inline(name))
        .append("\" \"")
        .append(section)
        .append("\" \"\" \"banger ")
        .append(inline(version))
        .append("\" \"banger\"\n.nh\n.ad l\n");
  }

  public Roff section(String title) {
    return request("SH", title);
  }

  public Roff subsection(String title) {
    return request("SS", title);
  }

  private Roff request(String name, String title) {
    page.append('.').append(name).append(" \"").append(inline(title)).append("\"\n");
    return this;
  }

  /** The line by which {@code whatis} finds the page. */
  public Roff name(String name, String summary) {
    section("NAME");
    page.append(inline(name)).append(" \\- ").append(inline(summary)).append('\n');
    return this;
  }

  /** Lines that flow together; an empty line begins the next paragraph. */
  public Roff text(String text) {
    for (String line : text.split("\n", -1)) {
      if (line.isBlank()) {
        page.append(".PP\n");
      } else {
        page.append(line(line.strip())).append('\n');
      }
    }
    return this;
  }

  public Roff paragraph(String text) {
    page.append(".PP\n");
    return text(text);
  }

  /** A term, and what is to be said of it, beside each other. */
  public Roff item(String term, String text) {
    page.append(".TP\n\\fB").append(inline(term)).append("\\fR\n");
    return text(text.isBlank() ? "-" : text);
  }

  /** The same, with a word behind the term that stands for a value. */
  public Roff item(String term, String value, String text) {
    page.append(".TP\n\\fB")
        .append(inline(term))
        .append("\\fR \\fI")
        .append(inline(value))
        .append("\\fR\n");
    return text(text.isBlank() ? "-" : text);
  }

  /** Lines that stay as they are. */
  public Roff verbatim(Iterable<String> lines) {
    page.append(".PP\n.RS 4\n.nf\n");
    for (String line : lines) {
      page.append(line(line)).append('\n');
    }
    page.append(".fi\n.RE\n");
    return this;
  }

  @Override
  public String toString() {
    return page.toString();
  }

  /** Where a line begins, a dot and an apostrophe would begin a request. */
  private static String line(String text) {
    return "\\&" + inline(text);
  }

  private static String inline(String text) {
    StringBuilder safe = new StringBuilder();
    text.codePoints().forEach(c -> append(safe, c));
    return safe.toString();
  }

  private static void append(StringBuilder safe, int c) {
    switch (c) {
      case '\\' -> safe.append("\\e");
      case '-' -> safe.append("\\-");
      case '"' -> safe.append("\\(dq");
      case '\'' -> safe.append("\\(aq");
      case '`' -> safe.append("\\(ga");
      case '^' -> safe.append("\\(ha");
      case '~' -> safe.append("\\(ti");
      case '\t', '\n' -> safe.append(' ');
      default -> {
        if (c >= ' ' && c < 0x7f) {
          safe.append((char) c);
        } else if (c > 0xa0) {
          safe.append("\\[u%04X]".formatted(c));
        }
      }
    }
  }
}
