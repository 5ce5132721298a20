package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a new plugin's things are called.
 *
 * @param id lower-case words joined by hyphens, at most 40 letters
 * @param javaPackage with at least two components
 */
record PluginNames(String id, String javaPackage) {
  private static final int LONGEST = 40;
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern PACKAGE = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)+");

  /** The plugin adds a command {@code vm ID}; these are taken. */
  static final Set<String> COMMANDS =
      Set.of(
          "create",
          "run",
          "start",
          "stop",
          "restart",
          "kill",
          "pause",
          "resume",
          "touch",
          "delete",
          "list",
          "show",
          "exec",
          "ssh",
          "ssh-config",
          "cp",
          "logs",
          "stats",
          "wait",
          "health",
          "repair",
          "set",
          "proxy");

  private static final Set<String> KEYWORDS =
      Set.of(
          "_",
          "abstract",
          "assert",
          "boolean",
          "break",
          "byte",
          "case",
          "catch",
          "char",
          "class",
          "const",
          "continue",
          "default",
          "do",
          "double",
          "else",
          "enum",
          "extends",
          "false",
          "final",
          "finally",
          "float",
          "for",
          "goto",
          "if",
          "implements",
          "import",
          "instanceof",
          "int",
          "interface",
          "long",
          "native",
          "new",
          "null",
          "package",
          "private",
          "protected",
          "public",
          "return",
          "short",
          "static",
          "strictfp",
          "super",
          "switch",
          "synchronized",
          "this",
          "throw",
          "throws",
          "transient",
          "true",
          "try",
          "void",
          "volatile",
          "while");

  /**
   * @param id null for the name of {@code dir}
   * @param javaPackage null for one made from the id
   * @param bundled ids that are taken
   */
  static PluginNames of(Path dir, String id, String javaPackage, Set<String> bundled) {
    String wanted = id != null ? id : String.valueOf(dir.getFileName());
    checkId(wanted, bundled);
    String name = javaPackage != null ? javaPackage : "com.example." + wanted.replace('-', '_');
    if (javaPackage == null && KEYWORDS.contains(wanted)) {
      name += "_";
    }
    checkPackage(name);
    return new PluginNames(wanted, name);
  }

  private static void checkId(String id, Set<String> bundled) {
    if (!ID.matcher(id).matches() || id.length() > LONGEST) {
      String near = nearest(id);
      throw Failure.usage(
          "an id is lower-case letters and digits, joined by hyphens, at most %d; got \"%s\""
              .formatted(LONGEST, id),
          near.isEmpty() ? "--id ID" : "--id " + near);
    }
    if (bundled.contains(id)) {
      throw Failure.failed(
          "conflict", "banger brings a plugin \"" + id + "\" itself", "--id my-" + id);
    }
    if (COMMANDS.contains(id)) {
      throw Failure.failed(
          "conflict",
          "the plugin adds a command \"vm %s\", and there is one already".formatted(id),
          "--id my-" + id);
    }
  }

  private static String nearest(String id) {
    String near =
        id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[0-9-]+|-+$", "");
    return near.length() > LONGEST ? "" : near;
  }

  private static void checkPackage(String name) {
    boolean isKeyword = List.of(name.split("\\.")).stream().anyMatch(KEYWORDS::contains);
    if (!PACKAGE.matcher(name).matches() || isKeyword || name.length() > 100) {
      throw Failure.usage(
          "a package is lower-case Java names joined by dots, two or more, got \"" + name + "\"",
          "--package com.example.audit");
    }
    if (name.startsWith("dev.banger.") || name.startsWith("java.")) {
      throw Failure.usage(
          "the package \"" + name + "\" belongs to others", "--package com.example.audit");
    }
  }

  /** {@code team-audit} is {@code TeamAudit}. */
  String camelCase() {
    StringBuilder camel = new StringBuilder();
    for (String word : id.split("-")) {
      camel.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
    }
    return camel.toString();
  }
}
