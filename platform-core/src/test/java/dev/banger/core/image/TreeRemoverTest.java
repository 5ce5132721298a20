package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.host.ProcessCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemoverTest {
  @TempDir Path dir;
  private final TreeRemover remover = new TreeRemover(new ProcessCommands());

  @Test
  void linksAreRemovedNotFollowed() throws Exception {
    Path outside = Files.createDirectories(dir.resolve("outside"));
    Files.writeString(outside.resolve("file"), "precious");
    Path tree = Files.createDirectories(dir.resolve("tree/sub"));
    Files.createSymbolicLink(tree.resolve("link"), outside);

    remover.remove(dir.resolve("tree"));

    assertThat(dir.resolve("tree")).doesNotExist();
    assertThat(outside.resolve("file")).hasContent("precious");
  }

  @Test
  void anInterruptedThreadCleansUpAndStaysInterrupted() throws Exception {
    Path tree = Files.createDirectories(dir.resolve("tree/a/b/c"));
    Thread.currentThread().interrupt();
    remover.remove(dir.resolve("tree"));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(tree).doesNotExist();
  }

  @Test
  void whatIsNotThereIsGone() throws Exception {
    remover.remove(dir.resolve("nothing"));
  }
}
