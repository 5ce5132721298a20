package dev.banger.cli.man;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoffTest {
  @Test
  void nothingInATextIsARequestOrAnEscape() {
    String page =
        new Roff("x", 1, "1")
            .text(".de evil\n'so /etc/passwd\n\\fBbold\\fR -o \"a\"\u001b[31m caf\u00e9")
            .verbatim(List.of(".sh", "a\nb"))
            .item("\\*[.T]", ".x")
            .toString();

    assertThat(page)
        .contains("\n\\&.de evil\n")
        .contains("\n\\&\\(aqso /etc/passwd\n")
        .contains("\\efBbold\\efR \\-o \\(dqa\\(dq[31m caf\\[u00E9]")
        .contains("\n\\&.sh\n\\&a b\n")
        .contains("\\fB\\e*[.T]\\fR\n\\&.x\n")
        .doesNotContain("\u001b");
  }

  @Test
  void aPageOfTheDocumentationKeepsItsTablesAndCode() {
    String page =
        MarkdownPage.of(
            "banger-config",
            5,
            "1",
            "settings",
            """
            # Title

            <!-- made -->
            See [this](a.md) and `that`.

            ## [vm]

            | key | default | meaning |
            |---|---|---|
            | `cpus` | `2` | CPUs. |

            ```toml
            [[x]]
            .y = 1
            ```
            """);

    assertThat(page)
        .contains("\\&See this and that.\n")
        .contains(".SH \"[vm]\"\n")
        .contains(".TP\n\\fBcpus\\fR\n\\&CPUs. (default: 2)\n")
        .contains(".nf\n\\&[[x]]\n\\&.y = 1\n.fi\n")
        .doesNotContain("Title", "made");
  }
}
