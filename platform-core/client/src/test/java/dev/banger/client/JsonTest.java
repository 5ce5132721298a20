package dev.banger.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "0",
        "-9223372036854775808",
        "9223372036854775808",
        "0.1",
        "9223372036854775807",
        "1E+30",
        "[\"\\uD800\",\"\\uDC00x\"]",
        "[1,[2,{\"a\":[null]}],\"\\u0000\\\"\"]",
        "{\"b\":1,\"a\":\"ä🐧\"}",
      })
  void whatIsReadIsWrittenTheSame(String text) throws Exception {
    assertThat(Json.parse(text).toString()).isEqualTo(text);
    assertThat(Json.parse(text)).isEqualTo(Json.parse(text)).hasSameHashCodeAs(Json.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1",
        "{\"a\"}",
        "{\"a\":}",
        "nul",
        "1 2",
        "{} x",
        "'a'",
        "\"\u0001\"",
        "[1,]",
        "01",
        "NaN",
        "-",
        "1.",
        "1e",
        "+1",
        ".5",
        "{\"a\":1,}",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"a",
        "[",
        "tru",
        "{\"a\" 1}",
        "1e99999999999",
        "\ufeff1"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void nestingIsBounded() throws Exception {
    assertThat(Json.parse("[".repeat(64) + "]".repeat(64)).isArray()).isTrue();
    assertThatThrownBy(() -> Json.parse("[".repeat(65) + "]".repeat(65)))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("nested deeper than 64");
    assertThatThrownBy(() -> Json.parse("[".repeat(100_000)))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void readingForgivesWhatIsMissingOrOfAnotherType() throws Exception {
    Json json = Json.parse("{\"text\":\"a\",\"number\":7,\"big\":1e30,\"list\":[\"x\",1]}");

    assertThat(json.get("nothing")).isSameAs(Json.NULL);
    assertThat(json.get("text").get("deeper").get("still").text()).isEmpty();
    assertThat(json.text("number")).isEqualTo("7");
    assertThat(json.get("text").number(5)).isEqualTo(5);
    assertThat(json.get("big").number(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(json.get("number").truth(true)).isTrue();
    assertThat(json.get("list").texts()).containsExactly("x", "1");
    assertThat(json.get("text").elements()).isEmpty();
    assertThat(json.text("list")).isEmpty();
  }

  @Test
  void builtValuesKeepTheirOrderAndDoNotChange() {
    Json.Builder builder = Json.build().put("b", 1).put("a", true).put("n", (String) null);
    Json first = builder.done();
    builder.put("c", "later");

    assertThat(first.toString()).isEqualTo("{\"b\":1,\"a\":true,\"n\":null}");
    assertThatThrownBy(() -> first.fields().put("x", Json.NULL))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(Json.strings(List.of("a")).toString()).isEqualTo("[\"a\"]");
    assertThat(Json.ofMap(Map.of("k", "v")).toString()).isEqualTo("{\"k\":\"v\"}");
    assertThat(Json.object(Map.of("k", Json.FALSE)).toString()).isEqualTo("{\"k\":false}");
  }
}
