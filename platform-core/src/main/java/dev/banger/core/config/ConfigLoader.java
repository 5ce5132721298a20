package dev.banger.core.config;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/** Reads {@code config.toml}. Thread-safe; reads the file anew at each call. */
public final class ConfigLoader {
  private static final int MAX_BYTES = 256 * 1024;

  /** Keys that had another name once: old to new. Both with their tables. */
  private static final Map<String, String> RENAMED = Map.of();

  private final Path file;
  private final Options options;
  private final PluginTables plugins;
  private final Map<String, String> renamed;

  /** Without plugins. */
  public ConfigLoader(Path file, Path home) {
    this(file, home, PluginTables.NONE);
  }

  /**
   * @param file need not exist: then everything has its default
   * @param home what {@code ~/} stands for in it
   */
  public ConfigLoader(Path file, Path home, PluginTables plugins) {
    this(file, home, plugins, RENAMED);
  }

  ConfigLoader(Path file, Path home, PluginTables plugins, Map<String, String> renamed) {
    this.file = file;
    this.options = new Options(home);
    this.plugins = plugins;
    this.renamed = Map.copyOf(renamed);
  }

  public Path file() {
    return file;
  }

  /**
   * @throws BangerException of kind INVALID that names the file and has every problem, each with
   *     line and column; of kind HOST when the file cannot be read
   */
  public Config load() {
    ConfigProblems problems = new ConfigProblems(file);
    TomlParseResult toml = parse(read(problems), problems);
    // After a syntax error keys may be in the wrong table; judging them would mislead.
    problems.insistOnNone();
    return new ConfigReader(file, options, plugins, renamed, toml, problems).config();
  }

  private String read(ConfigProblems problems) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return "";
    } catch (AccessDeniedException e) {
      throw unreadable("permission denied", e);
    } catch (IOException e) {
      throw unreadable(e.getMessage(), e);
    }
    if (bytes.length > MAX_BYTES) {
      problems.add("is larger than " + MAX_BYTES / 1024 + " KiB");
      return "";
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      problems.add("is not UTF-8");
      return "";
    }
  }

  private static TomlParseResult parse(String text, ConfigProblems problems) {
    try {
      TomlParseResult toml = Toml.parse(text);
      for (TomlParseError error : toml.errors()) {
        problems.add(error.position(), Shown.text(error.getMessage()));
      }
      return toml;
    } catch (StackOverflowError e) {
      // The parser descends recursively; a file this deep is nobody's configuration.
      problems.add("is nested too deeply");
      return Toml.parse("");
    }
  }

  private BangerException unreadable(String why, IOException cause) {
    return new BangerException(
        ErrorKind.HOST,
        "cannot read %s: %s".formatted(file, why),
        "check: ls -la " + file,
        List.of(),
        cause);
  }
}
