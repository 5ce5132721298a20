package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** {@code banger plugin new}. */
public final class PluginNew implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("write a new plugin's project, ready to build")
        .description(
            """
            A Maven project with a lifecycle step, a command, a doctor check, a setting, and tests. It is
            built against what this banger brings: JDK 25 and Maven are all it needs.
            With -o json: {"dir","id","package","files":[...]}.\
            """)
        .positional("DIR", "path", 1, 1, "where to; must not exist yet, or be empty")
        .value("--id", "ID", "the plugin's id (default: the name of DIR)")
        .value("--package", "NAME", "the Java package (default: com.example.ID)")
        .example("banger plugin new ./audit")
        .example("banger plugin new ./audit --id team-audit --package org.acme.audit");
  }

  @Override
  public int run(Invocation call) throws IOException {
    String typed = call.parsed().argument(0);
    Path dir = Path.of(PluginCommand.absolute(call.console(), typed)).normalize();
    refuseUnlessEmpty(dir);
    PluginSdk sdk = PluginSdk.find();
    PluginNames names =
        PluginNames.of(
            dir,
            call.parsed().value("--id"),
            call.parsed().value("--package"),
            sdk.bundledPlugins());
    Map<String, String> files = PluginTemplate.files(names, sdk);
    write(dir, files);
    tell(call, typed, dir, names, List.copyOf(files.keySet()));
    return 0;
  }

  private static void refuseUnlessEmpty(Path dir) throws IOException {
    if (!Files.exists(dir)) {
      return;
    }
    if (!Files.isDirectory(dir)) {
      throw Failure.usage(dir + " is no directory", "banger plugin new DIR");
    }
    try (Stream<Path> entries = Files.list(dir)) {
      Path first = entries.findFirst().orElse(null);
      if (first != null) {
        throw Failure.failed(
            "conflict",
            dir + " is not empty: there is " + first.getFileName(),
            "name a directory that is not there yet");
      }
    }
  }

  /** All of it, or nothing. */
  private static void write(Path dir, Map<String, String> files) {
    Deque<Path> made = new ArrayDeque<>();
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path target = dir.resolve(file.getKey());
        makeDirectories(target.getParent(), made);
        Files.writeString(target, file.getValue(), StandardOpenOption.CREATE_NEW);
        made.push(target);
      }
    } catch (IOException e) {
      undo(made);
      throw Failure.failed("host", "cannot write " + dir + ": " + reason(e), "");
    }
  }

  private static String reason(IOException e) {
    return e instanceof FileAlreadyExistsException
        ? e.getMessage() + " came in between"
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private static void makeDirectories(Path dir, Deque<Path> made) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path at = dir; at != null && !Files.exists(at); at = at.getParent()) {
      missing.add(at);
    }
    for (Path directory : missing.reversed()) {
      Files.createDirectory(directory);
      made.push(directory);
    }
  }

  private static void undo(Deque<Path> made) {
    for (Path path : made) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Why it could not be written is what is told; what is left lies in DIR, in plain sight.
        return;
      }
    }
  }

  /** How to point Maven to a JDK that is new enough; empty when it finds one by itself. */
  private static String jdk(Invocation call) {
    JdkHint jdks = new JdkHint(call.console());
    if (jdks.isFine()) {
      return "";
    }
    Path better = jdks.better().orElse(null);
    if (better == null) {
      call.note(
          "note: building it takes a JDK of Java %d or newer, and none was found here"
              .formatted(JdkHint.NEEDED));
      return "";
    }
    return "JAVA_HOME=" + Text.shellQuote(better.toString()) + " ";
  }

  private static void tell(
      Invocation call, String typed, Path dir, PluginNames names, List<String> files) {
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("dir", dir.toString())
              .put("id", names.id())
              .put("package", names.javaPackage())
              .put("files", Json.strings(files))
              .done());
    } else if (call.isQuiet()) {
      call.say(names.id());
    } else {
      call.say("plugin %s: %d files in %s".formatted(names.id(), files.size(), typed));
      call.say(
          "next: cd %s && %smvn -q verify && banger plugin install target/%s-%s.zip"
              .formatted(
                  Text.shellQuote(typed), jdk(call), names.id(), PluginTemplate.FIRST_VERSION));
    }
  }
}
