package dev.banger.cli.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
  @Test
  void plainTextStaysTheSameObject() {
    String text = "größe ✓ 日本 🐧";
    assertThat(Text.safe(text)).isSameAs(text);
  }

  @Test
  void whateverCouldMoveTheCursorOrTurnTheTextIsWrittenOut() {
    assertThat(Text.safe("a\u001b[2J\u009b1m\u007f\r\n\t\0"))
        .isEqualTo("a\\x1b[2J\\x9b1m\\x7f\\r\\n\\t\\x00");
    assertThat(Text.safe("\u202egpj.exe\u2066\u200b\ufeff\u2028"))
        .isEqualTo("\\u202egpj.exe\\u2066\\u200b\\ufeff\\u2028");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "",
        "two words",
        "it's",
        "$(reboot)",
        "`x`",
        "a\\b",
        "-x",
        "\"",
        "a\nb",
        "~"
      })
  void aQuotedWordReachesAProgramUnchanged(String word) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", "printf %s " + Text.shellQuote(word)).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said).isEqualTo(word);
  }

  @Test
  void tablesAlignAndEscape() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Table("A", "B")
        .row("x\u0007", "1")
        .row("größe", "")
        .print(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("A      B\nx\\x07  1\ngröße\n");
    assertThatThrownBy(() -> new Table("A").row("1", "2"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
