package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Which files a checkout would write otherwise than they are stored: with CRLF, in another encoding
 * or with an expanded {@code $Id$}. By the {@code .gitattributes} of the index alone. Filters are
 * not among them: what they are is said by the source's configuration, and it says it to a shell.
 */
final class Conversions {
  private static final String ATTRIBUTES = ".gitattributes";

  private Conversions() {}

  static Set<String> of(CapabilityHost host, Window window, Path index, Listing files)
      throws IOException, InterruptedException {
    Set<String> affected = new HashSet<>();
    if (!hasAttributes(files)) {
      return affected;
    }
    try (InputStream names = files.stream(each -> each.isFile() ? each.name() + "\0" : "");
        Answers answers = new Answers(affected)) {
      Git.insist(
          "check-attr",
          host.run(
              window
                  .on(
                      index,
                      "check-attr",
                      "--cached",
                      "--stdin",
                      "-z",
                      "eol",
                      "working-tree-encoding",
                      "ident")
                  .withStdin(names)
                  .withStdout(answers)));
    }
    return affected;
  }

  private static boolean hasAttributes(Listing files) throws IOException {
    try (Listing.Reader reader = files.open()) {
      for (Listing.Entry each = reader.next(); each != null; each = reader.next()) {
        if (each.name().equals(ATTRIBUTES) || each.name().endsWith("/" + ATTRIBUTES)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Takes in triples of name, attribute and value as they come, each ending in NUL. */
  private static final class Answers extends OutputStream {
    private final ByteArrayOutputStream field = new ByteArrayOutputStream();
    private final String[] triple = new String[3];
    private final Set<String> affected;
    private int count;

    Answers(Set<String> affected) {
      this.affected = affected;
    }

    @Override
    public void write(int b) {
      if (b != 0) {
        field.write(b);
        return;
      }
      triple[count++] = field.toString(ISO_8859_1);
      field.reset();
      if (count == 3) {
        count = 0;
        if (changes(triple[1], triple[2])) {
          affected.add(triple[0]);
        }
      }
    }

    private static boolean changes(String attribute, String value) {
      return switch (attribute) {
        case "eol" -> value.equals("crlf");
        case "ident" -> value.equals("set");
        default -> !value.equals("unspecified") && !value.equals("unset");
      };
    }
  }
}
