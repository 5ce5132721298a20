package dev.banger.plugin.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However much a guest sends, 64 MB of heap are enough to refuse it or to let it pass. */
class LittleMemoryTest {
  @TempDir Path temp;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "zeros, 'the guest sends an archive, up to \"fifo\": more than the 2 GiB'",
    "entries, 'up to \"000999999\": more than 1,000,000'",
    "pack, 'went through 536870912'"
  })
  void a_heap_of_64_megabytes_is_enough(String what, String said) throws Exception {
    assertThat(LittleMemory.run(what, temp)).startsWith("0 ").contains(said);
  }
}
