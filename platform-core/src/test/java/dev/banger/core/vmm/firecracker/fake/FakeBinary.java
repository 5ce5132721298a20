package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The fake as a file to execute, and what goes wrong with it; see {@link Faults} for the words. */
public final class FakeBinary {
  /** What one flush of the metrics counts, for each device. */
  public static final int READ = Metrics.READ;

  public static final int WRITTEN = Metrics.WRITTEN;
  public static final int RECEIVED = Metrics.RECEIVED;
  public static final int SENT = Metrics.SENT;

  private static final String API = description();

  private final Path faults;
  private final Path program;

  private FakeBinary(Path program, Path faults) {
    this.program = program;
    this.faults = faults;
  }

  /** Each one has faults of its own, which all VMs share that are started with it. */
  public static FakeBinary in(Path dir) throws IOException {
    Path home = Files.createTempDirectory(dir, "fc");
    Path api = Files.writeString(home.resolve("api.json"), API);
    FakeBinary made = new FakeBinary(home.resolve("firecracker"), home.resolve("faults"));
    Files.createFile(made.faults);
    Files.writeString(
        made.program,
        """
        #!/bin/sh
        if [ "$*" = --version ]; then # often asked, and no work for a Java machine
          version=$(sed -n 's/^version //p' '%4$s')
          printf 'Firecracker v%%s\\n\\n' "${version:-1.16.1}"
          exit
        fi
        export CLASSPATH='%1$s'
        exec '%2$s' -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx48m -Xrs \
        -XX:-UsePerfData '-Dfake.faults=%4$s' '-Dfake.api=%5$s' %3$s "$@"
        """
            .formatted(
                System.getProperty("java.class.path"),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                FakeFirecracker.class.getName(),
                made.faults,
                api));
    if (!made.program.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + made.program + " executable");
    }
    return made;
  }

  public Path program() {
    return program;
  }

  /** From now on these, and no others. */
  public FakeBinary faults(String... lines) {
    try {
      Path next = Files.write(faults.resolveSibling("faults.next"), List.of(lines));
      Files.move(next, faults, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  private static String description() {
    try (InputStream yaml = FakeBinary.class.getResourceAsStream("firecracker.yaml")) {
      Map<String, Object> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
      return Json.write(withoutYamlBooleans(document));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In YAML a bare {@code Off} is a boolean, though the description means a word. */
  private static Object withoutYamlBooleans(Object node) {
    if (node instanceof List<?> list) {
      List<Object> words = new ArrayList<>();
      list.forEach(
          item -> words.add(Boolean.FALSE.equals(item) ? "Off" : withoutYamlBooleans(item)));
      return words;
    }
    if (node instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(key, withoutYamlBooleans(value)));
      return copy;
    }
    return node;
  }
}
