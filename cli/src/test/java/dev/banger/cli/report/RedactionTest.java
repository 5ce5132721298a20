package dev.banger.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
  private static final String SECRET = "hunter2hunter2hunter2";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password=%s",
        "DB_PASSWORD = %s",
        "api-key: %s",
        "\"apiKey\":\"%s\"",
        "'client_secret': '%s'",
        "Authorization: Bearer %s",
        "authorization: Basic %s",
        "--auth-token %s",
        "https://ada:%s@example.org/repo.git",
        "https://%s@example.org/repo.git",
        "ghp_%s",
        "glpat-%s",
        "sk-%s",
        "eyJhbGciOiJIUzI1NiJ9.%s.sig",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nthat was cut off after %s",
      })
  void takesOutWhatIsASecretByNameOrShape(String shape) {
    assertThat(Redaction.of("before " + shape.formatted(SECRET) + "\nafter"))
        .startsWith("before ")
        .contains(Redaction.REMOVED)
        .doesNotContain(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vm web is running at 127.77.0.2",
        "https://example.org/a@b",
        "the key of the VM: /home/ada/.config/banger/id_ed25519",
        "op-3 vm.create web done 1.2 s",
        "tokens are counted",
      })
  void leavesTheRestAsItIs(String text) {
    assertThat(Redaction.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"token":"abc","n":1}                               | {"token":"(removed)","n":1}
          {"a":[{"password":{"deep":"abc"}}]}                 | {"a":[{"password":"(removed)"}]}
          [{"key":"plugins.team.api_key","value":"abc"}]      | [{"key":"plugins.team.api_key","value":"(removed)"}]
          [{"key":"image","value":"debian"}]                  | [{"key":"image","value":"debian"}]
          {"message":"could not log in: password=abc"}        | {"message":"could not log in: password=(removed)"}
          {"truth":true,"nothing":null,"number":3}            | {"truth":true,"nothing":null,"number":3}
          """)
  void goesThroughDocuments(String document, String clean) throws Exception {
    assertThat(Redaction.of(Json.parse(document))).isEqualTo(Json.parse(clean));
  }
}
