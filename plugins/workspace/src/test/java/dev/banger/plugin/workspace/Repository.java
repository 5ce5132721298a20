package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real repository for a test, with a configuration that owes nothing to who runs the test. */
record Repository(Path root) {
  static Repository init(Path root) throws Exception {
    Files.createDirectories(root);
    Repository repository = new Repository(root);
    repository.git("init", "-q", "-b", "main");
    return repository;
  }

  Repository write(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return this;
  }

  Repository commit(String message) throws Exception {
    git("add", "-A");
    git("commit", "-q", "-m", message);
    return this;
  }

  String read(String name) throws IOException {
    return Files.readString(root.resolve(name));
  }

  String git(String... words) throws Exception {
    List<String> argv = new ArrayList<>(List.of("git", "-c", "protocol.file.allow=always"));
    argv.addAll(List.of(words));
    return run(argv);
  }

  String sh(String script) throws Exception {
    return run(List.of("sh", "-c", script));
  }

  private String run(List<String> argv) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(argv).directory(root.toFile());
    builder.redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    for (String who : List.of("AUTHOR", "COMMITTER")) {
      builder.environment().put("GIT_%s_NAME".formatted(who), "Ada Example");
      builder.environment().put("GIT_%s_EMAIL".formatted(who), "ada@example.org");
    }
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(argv + ": " + said).isZero();
    return said.stripTrailing();
  }
}
