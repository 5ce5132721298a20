package dev.banger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.cli.term.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkHintTest {
  @TempDir Path dir;

  private Path jdk(String name, String release) throws IOException {
    Path jdk = dir.resolve("jvm").resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), release);
    assertThat(Files.writeString(jdk.resolve("bin/javac"), "").toFile().setExecutable(true))
        .isTrue();
    return jdk;
  }

  private JdkHint hint(Map<String, String> env) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return new JdkHint(
        new Console(
            env, InputStream.nullInputStream(), nowhere, nowhere, dir, false, false, false, null),
        List.of(dir.resolve("jvm"), dir.resolve("none")));
  }

  @Test
  void javaHomeCountsBeforeThePath() throws IOException {
    Path old = jdk("old", "JAVA_VERSION=\"17.0.15\"\n");
    Path fresh = jdk("new", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.3\"\n");
    String path = "/nowhere:" + fresh.resolve("bin");

    assertThat(hint(Map.of("PATH", path)).isFine()).isTrue();
    assertThat(hint(Map.of("PATH", path, "JAVA_HOME", old.toString())).isFine()).isFalse();
    assertThat(hint(Map.of("JAVA_HOME", fresh.toString())).isFine()).isTrue();
    assertThat(hint(Map.of()).isFine()).isFalse();
  }

  @Test
  void aLinkOnThePathIsFollowedToItsJdk() throws IOException {
    Path fresh = jdk("new", "JAVA_VERSION=\"26\"\n");
    Files.createDirectories(dir.resolve("bin"));
    Files.createSymbolicLink(dir.resolve("bin/javac"), fresh.resolve("bin/javac"));

    assertThat(hint(Map.of("PATH", dir.resolve("bin").toString())).isFine()).isTrue();
  }

  @Test
  void theOldestThatIsNewEnoughIsProposed() throws IOException {
    jdk("a-17", "JAVA_VERSION=\"17.0.15\"\n");
    jdk("b-27", "JAVA_VERSION=\"27\"\n");
    Path wanted = jdk("c-25", "JAVA_VERSION=\"25.0.3\"\n");
    jdk("d-broken", "nothing of the kind\n");
    Files.delete(jdk("e-runtime", "JAVA_VERSION=\"25\"\n").resolve("bin/javac"));

    assertThat(hint(Map.of()).better()).contains(wanted);
  }

  @Test
  void whereThereIsNoneNoneIsProposed() throws IOException {
    jdk("a-17", "JAVA_VERSION=\"17.0.15\"\n");

    assertThat(hint(Map.of()).better()).isEmpty();
  }
}
