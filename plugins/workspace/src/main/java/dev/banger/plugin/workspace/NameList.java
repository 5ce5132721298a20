package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Set;

/** Names as tools exchange them: each followed by NUL. */
final class NameList {
  private NameList() {}

  static byte[] bytes(Set<String> names) {
    StringBuilder list = new StringBuilder();
    names.forEach(name -> list.append(name).append('\0'));
    return list.toString().getBytes(ISO_8859_1);
  }
}
