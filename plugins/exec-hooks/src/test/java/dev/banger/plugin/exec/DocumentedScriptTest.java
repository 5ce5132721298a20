package dev.banger.plugin.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.Observed;
import dev.banger.api.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/exec-hooks.md shows works as it stands there. */
class DocumentedScriptTest {
  @TempDir Path temp;
  private Bench bench;

  @BeforeEach
  void aBench() throws IOException {
    bench = new Bench(temp);
  }

  private static String example(String language) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../../docs/exec-hooks.md")));
    assertThat(block.find()).as("an example in " + language).isTrue();
    return block.group(1);
  }

  @Test
  void the_shell_script_makes_its_directory_and_takes_it_back() throws Exception {
    Path cache = bench.here.resolve(".cache/vms").resolve(Bench.WEB.id());
    bench.file("guest/10-cache", example("sh").replace("$HOME", bench.here.toString()));

    HookReceipt receipt = bench.started();
    assertThat(cache).isDirectory();
    assertThat(bench.observe(receipt)).isEqualTo(Observed.present(receipt));
    Files.delete(cache);
    assertThat(bench.observe(receipt)).isEqualTo(Observed.gone());
    bench.started();
    assertThat(bench.stop(receipt)).isEqualTo(Stopped.released());
    assertThat(bench.stop(receipt)).isEqualTo(Stopped.released());
    assertThat(cache).doesNotExist();
  }
}
