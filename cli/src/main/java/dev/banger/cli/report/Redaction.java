package dev.banger.cli.report;

import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is given away. By their names, and by the shapes that the usual issuers
 * give to tokens and keys; it takes out too much rather than too little, and cannot know all.
 */
final class Redaction {
  static final String REMOVED = "(removed)";

  private static final String NAME =
      "[\\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|cookie)[\\w.-]*";

  private static final Pattern SECRET_NAME = Pattern.compile(NAME, Pattern.CASE_INSENSITIVE);

  /** {@code name=value}, {@code name: value}, {@code --name value}; quoted or up to a blank. */
  private static final Pattern ASSIGNED =
      Pattern.compile(
          "("
              + NAME
              + "[\"']?\\s*[=:]\\s*(?:(?:bearer|basic|token)\\s+)?|--"
              + NAME
              + "\\s+)"
              + "(\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s,;}\\]]+)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern KEY_BLOCK =
      Pattern.compile(
          "-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\\z)",
          Pattern.DOTALL);

  private static final Pattern IN_URL = Pattern.compile("(?<=://)[^/@\\s\"']+@");

  /** GitHub, GitLab, Slack, AWS, JSON web tokens, and keys that begin with {@code sk-}. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,}|glpat-[A-Za-z0-9_-]{16,}"
              + "|xox[abeoprs]-[A-Za-z0-9-]{10,}|A(?:KIA|SIA)[A-Z0-9]{16}"
              + "|eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?|sk-[A-Za-z0-9_-]{16,})");

  private Redaction() {}

  static String of(String text) {
    String clean = KEY_BLOCK.matcher(text).replaceAll(REMOVED);
    clean = IN_URL.matcher(clean).replaceAll(REMOVED + "@");
    clean = ASSIGNED.matcher(clean).replaceAll("$1" + REMOVED);
    return TOKEN.matcher(clean).replaceAll(REMOVED);
  }

  /**
   * The same document without what looks like a secret: texts as {@link #of(String)}, and all below
   * a field whose name says that it is one. Fields named {@code key} and {@code value}, as in a
   * list of settings, are such a field, too.
   */
  static Json of(Json document) {
    if (document.isText()) {
      return Json.of(of(document.text()));
    }
    if (document.isArray()) {
      List<Json> elements = new ArrayList<>();
      for (Json element : document.elements()) {
        elements.add(of(element));
      }
      return Json.array(elements);
    }
    if (!document.isObject()) {
      return document;
    }
    boolean isSecretSetting = isSecret(document.text("key"));
    Map<String, Json> fields = new LinkedHashMap<>();
    document
        .fields()
        .forEach(
            (name, value) ->
                fields.put(
                    name,
                    isSecret(name) || (isSecretSetting && name.equals("value"))
                        ? Json.of(REMOVED)
                        : of(value)));
    return Json.object(fields);
  }

  private static boolean isSecret(String name) {
    return SECRET_NAME.matcher(name).matches();
  }
}
