package dev.banger.core.plugins;

import static java.util.stream.Collectors.joining;

import dev.banger.api.StepPolicy;
import dev.banger.api.build.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A manifest as read from disk, before any code of the plugin is loaded.
 *
 * @param tree the whole document, to be compared with what the code declares
 */
record PluginManifest(Manifest.Identity identity, ApiRange api, Map<String, Object> tree) {
  static final int MAX_BYTES = 256 * 1024;
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,39}");
  private static final Pattern VERSION =
      Pattern.compile("\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,40})?");
  private static final Pattern CLASS = Pattern.compile("[\\p{Alpha}_$][\\w$]*(\\.[\\w$]+)*");

  String id() {
    return identity.id();
  }

  String version() {
    return identity.version();
  }

  /** {@code nat 1.0.0}. */
  String title() {
    return id() + " " + version();
  }

  /** Ranges of versions of the plugins it needs, by id. */
  Map<String, String> requires() {
    Map<String, String> requires = new TreeMap<>();
    if (tree.get("requires") instanceof Map<?, ?> map) {
      map.forEach((id, range) -> requires.put(String.valueOf(id), String.valueOf(range)));
    }
    return requires;
  }

  /** Steps without which a VM is not to be started. */
  List<String> requiredSteps() {
    return objects("steps")
        .filter(step -> StepPolicy.REQUIRED.wireName().equals(step.get("policy")))
        .map(step -> String.valueOf(step.get("name")))
        .toList();
  }

  List<String> stepNames() {
    return objects("steps").map(step -> String.valueOf(step.get("name"))).toList();
  }

  /** Whether it takes entries, each under {@code [[some_id]]}. */
  boolean takesEntries() {
    return objects("config").anyMatch(value -> PluginConfig.ENTRIES.equals(value.get("key")));
  }

  List<String> checkIds() {
    return texts("checks");
  }

  List<String> hooks() {
    return texts("hooks");
  }

  List<String> permissions() {
    return texts("permissions");
  }

  String description() {
    return tree.get("description") instanceof String text ? text : "";
  }

  private List<String> texts(String name) {
    return tree.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** Paths of the commands it says it adds. */
  List<String> commandPaths() {
    return objects("commands")
        .map(command -> command.get("path"))
        .filter(List.class::isInstance)
        .map(words -> ((List<?>) words).stream().map(String::valueOf).collect(joining(" ")))
        .toList();
  }

  /** Roles of the commands it says it adds. */
  List<String> roles() {
    return objects("commands")
        .map(command -> command.get("role"))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .toList();
  }

  private Stream<Map<?, ?>> objects(String name) {
    return tree.get(name) instanceof List<?> list
        ? list.stream().filter(Map.class::isInstance).map(each -> (Map<?, ?>) each)
        : Stream.of();
  }

  /**
   * @throws IllegalArgumentException saying in one sentence what is wrong
   */
  static PluginManifest read(Path dir) {
    return parse(text(dir.resolve(Manifest.FILE)));
  }

  /**
   * @param text of a manifest
   * @throws IllegalArgumentException saying in one sentence what is wrong
   */
  static PluginManifest parse(String text) {
    Map<String, Object> tree = JsonTree.object(text);
    if (!Long.valueOf(Manifest.SCHEMA).equals(tree.get("schema"))) {
      throw new IllegalArgumentException(
          "schema is %s, this banger reads %d".formatted(tree.get("schema"), Manifest.SCHEMA));
    }
    Manifest.Identity identity =
        new Manifest.Identity(
            field(tree, "id", ID),
            field(tree, "version", VERSION),
            text(tree, "api"),
            field(tree, "entry", CLASS));
    return new PluginManifest(identity, ApiRange.parse(identity.api()), tree);
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException("larger than " + MAX_BYTES / 1024 + " KiB");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("there is none", e);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be read: " + e.getMessage(), e);
    }
  }

  private static String field(Map<String, Object> tree, String name, Pattern shape) {
    String text = text(tree, name);
    if (text.length() > 200 || !shape.matcher(text).matches()) {
      throw new IllegalArgumentException("%s is malformed: \"%s\"".formatted(name, text));
    }
    return text;
  }

  private static String text(Map<String, Object> tree, String name) {
    return Optional.ofNullable(tree.get(name))
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }
}
