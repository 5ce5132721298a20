package dev.banger.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example program, which a test on a real guest runs. */
class ExampleTest {
  private static final Path EXAMPLE = Path.of("example", "LifeOfAVm.java");

  @Test
  void it_compiles_with_what_the_library_brings(@TempDir Path classes) {
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-Xlint:all",
                "-Werror",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                EXAMPLE.toString());

    assertThat(code).isZero();
  }

  @Test
  void the_documentation_shows_it_as_it_is() throws Exception {
    Path page = Path.of("..", "..", "docs", "client.md");

    assertThat(Files.readString(page))
        .as("put %s into %s as a block of Java", EXAMPLE, page)
        .contains("```java\n" + Files.readString(EXAMPLE) + "```\n");
  }
}
