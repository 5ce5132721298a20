package dev.banger.cli.command;

import dev.banger.cli.base.BuildVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of a new plugin's project. They are those of a plugin {@code audit} in the package
 * {@code com.example.audit}, which the build of banger compiles and tests, with other names.
 */
final class PluginTemplate {
  static final String FIRST_VERSION = "0.1.0";

  /** In the jar of the command line, beside this class. */
  private static final String FOLDER = "/dev/banger/cli/template/";

  private static final String MAIN = "src/main/java/com/example/audit/";
  private static final String TEST = "src/test/java/com/example/audit/";

  static final List<String> NAMES =
      List.of(
          // Under its own name, Maven and Git would take it for one of theirs.
          "gitignore",
          "README.md",
          "pom.xml",
          "src/assembly/plugin.xml",
          MAIN + "AuditPlugin.java",
          MAIN + "LogReceipt.java",
          MAIN + "LogStep.java",
          MAIN + "Run.java",
          MAIN + "Runs.java",
          MAIN + "Settings.java",
          MAIN + "package-info.java",
          "src/test/resources/receipts/log/1.json",
          TEST + "AuditContractTest.java",
          TEST + "AuditPluginTest.java");

  private PluginTemplate() {}

  /** Texts by relative path. */
  static Map<String, String> files(PluginNames names, PluginSdk sdk) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : NAMES) {
      String path = name.equals("gitignore") ? ".gitignore" : renamed(name, names);
      String text = renamed(read(name), names);
      files.put(path, name.equals("pom.xml") ? located(text, sdk) : text);
    }
    return files;
  }

  private static String renamed(String text, PluginNames names) {
    // By way of letters that no source has: the new package may have "audit" in it, too.
    return text.replace("com.example.audit", "\0p")
        .replace("com/example/audit", "\0d")
        .replace("Audit", names.camelCase())
        .replace("audit", names.id())
        .replace("\0p", names.javaPackage())
        .replace("\0d", names.javaPackage().replace('.', '/'));
  }

  private static String located(String pom, PluginSdk sdk) {
    String url = sdk.repository().toUri().toString();
    return pom.replace("@BANGER_SDK@", xml(url.endsWith("/") ? chopped(url) : url))
        .replace("@BANGER_VERSION@", xml(BuildVersion.VERSION))
        .replace("@BANGER_SDK_ID@", sdk.digest().isEmpty() ? "banger" : "banger-" + sdk.digest());
  }

  private static String chopped(String url) {
    return url.substring(0, url.length() - 1);
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private static String read(String name) throws IOException {
    try (InputStream in = PluginTemplate.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IOException("the program's own " + FOLDER + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
