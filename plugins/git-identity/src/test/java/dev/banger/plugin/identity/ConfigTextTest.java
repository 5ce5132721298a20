package dev.banger.plugin.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTextTest {
  @TempDir Path temp;

  /** What git reads from it, byte for byte; null where it refuses. */
  private String git(String text, String key) throws Exception {
    Path file = Files.write(temp.resolve("config"), text.getBytes(ISO_8859_1));
    Process git =
        new ProcessBuilder("git", "config", "-z", "--file", file.toString(), "--get", key)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(git.getInputStream().readAllBytes(), ISO_8859_1);
    return switch (git.waitFor()) {
      case 0 -> out.substring(0, out.length() - 1);
      case 1 -> "";
      default -> null;
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[user]\n\tname = Old\n",
        "[user]name=Old",
        "[USER] NAME = Old ; comment\n[user] email = x",
        "[user \"sub\"]\n\tname = Sub\n",
        "[user.sub]\n\tname = Sub\n",
        "# name = no\n[alias]\n\tname = \"a # \\\" b\" # c\n",
        "[user]\n\tname\n",
        "[user]\n\tname = a \\\n  b \\\n  c\n\temail = e\n",
        "[user]\r\n\tname = Old\r\n\tsigningkey = K\r\n",
        "\u00ef\u00bb\u00bf[user]\n\tname = Old\n",
        "[user]\n\tname = One\n[core]\n\tx = 1\n[user]\n\tname = Two\n",
        "[a \"b\\\"]\"]\n\tname = x\n[user]\n\temail = e",
        "[user]\n\tname = \"x\"y\"z\" # [user]\n",
        "[include]\n\tpath = other\n",
        "[user]\n\tname = Old \t\n\n\n   ; end without newline",
      })
  void git_reads_what_was_set_and_everything_else_as_before(String before) throws Exception {
    ConfigText text = ConfigText.parse(before);
    assertThat(text.user("name").orElse("")).isEqualTo(git(before, "user.name"));
    assertThat(text.user("email").orElse("")).isEqualTo(git(before, "user.email"));

    String after = text.withUser(Map.of("name", "New # \"one\""));

    assertThat(git(after, "user.name")).isEqualTo("New # \"one\"");
    for (String key :
        new String[] {
          "user.email",
          "user.sub.name",
          "user.signingkey",
          "alias.name",
          "core.x",
          "include.path",
          "a.b\"].name"
        }) {
      assertThat(git(after, key)).as(key).isEqualTo(git(before, key));
    }
    assertThat(ConfigText.parse(after).user("name")).contains("New # \"one\"");
    // Set again it is the same.
    assertThat(ConfigText.parse(after).withUser(Map.of("name", "New # \"one\""))).isEqualTo(after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ada Example",
        "  blanks at both ends \t",
        "a \"quoted\" \\ name",
        "a # b ; c",
        "two\nlines\n[user]\nname = evil",
        "[core] sshCommand = evil",
        "\u00c3\u0084da \u00e4\u00f6 in two encodings",
        "\u0001\u001b[2J\u007f",
        "a\rb\r",
        "\\",
        "\"",
        "x\\\n",
      })
  void whatever_a_value_is_git_reads_the_same(String value) throws Exception {
    String after = ConfigText.parse("[alias]\n\tst = status\n").withUser(Map.of("name", value));

    assertThat(git(after, "user.name")).isEqualTo(value);
    assertThat(git(after, "alias.st")).isEqualTo("status");
    assertThat(git(after, "core.sshcommand")).isEmpty();
    assertThat(ConfigText.parse(after).user("name")).contains(value);
    assertThat(ConfigText.parse(after).withUser(Map.of("name", value))).isEqualTo(after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[user",
        "[user]\nname = \"open\n",
        "[user]\nname = \\x\n",
        "[us er]\n",
        "[user \"x]\n",
        "[user \"x\" ]\n",
        "[user]\nna_me = x\n",
        "[user]\nname x\n",
        "[user]\n= x\n",
        "[user]\nname = x\\",
        "garbage",
        "\u0000",
        "[user]\n1name = x\n",
      })
  void what_git_refuses_is_refused(String text) throws Exception {
    boolean refused = git(text + "\n[user]\n\temail = x\n", "user.email") == null;
    if (refused) {
      assertThatThrownBy(() -> ConfigText.parse(text + "\n[user]\n\temail = x\n"))
          .isInstanceOf(MalformedConfig.class);
    } else {
      assertThat(ConfigText.parse(text + "\n[user]\n\temail = x\n").user("email")).contains("x");
    }
  }

  @Test
  void the_line_is_named() {
    assertThatThrownBy(() -> ConfigText.parse("[user]\n\tname = x\n!\n"))
        .hasMessage("malformed at line 3");
  }
}
