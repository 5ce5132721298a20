package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessTableTest {
  @TempDir Path dir;

  private final ProcessTable table = new ProcessTable();

  @Test
  void thisProcessIsFoundWithItsCommandLineAndOwner() throws Exception {
    long pid = ProcessHandle.current().pid();

    ProcessTable.Entry me = table.find(pid).orElseThrow();

    assertThat(me.alive()).isTrue();
    assertThat(me.argv().getFirst()).endsWith("java");
    assertThat(me.uid()).isEqualTo(((Integer) Files.getAttribute(dir, "unix:uid")).longValue());
    assertThat(table.findAlive(pid, me.startTicks())).isPresent();
    assertThat(table.findAlive(pid, me.startTicks() + 1)).isEmpty();
  }

  @Test
  void aStoppedProcessIsAliveAndSaidToBeStopped() throws Exception {
    Process sleep = new ProcessBuilder("sleep", "600").start();
    try {
      assertThat(new ProcessBuilder("kill", "-STOP", "" + sleep.pid()).start().waitFor()).isZero();
      ProcessTable.Entry entry = table.find(sleep.pid()).orElseThrow();
      while (!entry.stopped()) {
        Thread.onSpinWait();
        entry = table.find(sleep.pid()).orElseThrow();
      }
      assertThat(entry.alive()).isTrue();
    } finally {
      sleep.destroyForcibly().waitFor();
    }
    assertThat(table.find(sleep.pid())).isEmpty();
  }

  @Test
  void aZombieIsNotAlive() throws Exception {
    Path fake = process(77, "77 (qemu) Z 1 77 77", 4711, "");

    assertThat(new ProcessTable(fake).find(77)).get().matches(p -> !p.alive());
    assertThat(new ProcessTable(fake).findAlive(77, 4711)).isEmpty();
  }

  @Test
  void aProcessIsNotGoneBeforeItsLastThreadIs() throws Exception {
    String head = "79 (fc) Z 1 79 79";
    Path fake = process(79, head, 4711, "");
    assertThat(new ProcessTable(fake).isAlive(79, 4711)).isFalse();

    Files.writeString(fake.resolve("79/stat"), head + " 0".repeat(13) + " 2 0 4711 0 0\n");

    assertThat(new ProcessTable(fake).isAlive(79, 4711)).isTrue();
    assertThat(new ProcessTable(fake).isAlive(79, 4712)).isFalse();
  }

  @Test
  void aCommandNameFullOfParenthesesAndSpacesDoesNotShiftTheFields() throws Exception {
    Path fake = process(78, "78 (a) R 1 ) (b) S 1 78 78", 99, "a\0b c\0");

    ProcessTable.Entry entry = new ProcessTable(fake).find(78).orElseThrow();

    assertThat(entry.state()).isEqualTo('S');
    assertThat(entry.startTicks()).isEqualTo(99);
    assertThat(entry.argv()).containsExactly("a", "b c");
  }

  @Test
  void scanningFindsByCommandLineAndSkipsTheDead() throws Exception {
    process(5, "5 (x) S 1 5 5", 50, "vmm\0-name\0one\0");
    process(6, "6 (x) S 1 6 6", 60, "vmm\0-name\0two\0");
    Path fake = process(7, "7 (x) Z 1 7 7", 70, "vmm\0-name\0one\0");
    Files.createDirectory(fake.resolve("9")); // vanished while being read
    Files.createDirectory(fake.resolve("self"));

    assertThat(new ProcessTable(fake).scan(argv -> argv.contains("one")))
        .extracting(ProcessTable.Entry::pid)
        .containsExactly(5L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "1", "-5", "12x", "99999999999999999999", "1 2", "\0\0", "+7"})
  void aPidFileThatNamesNoOrdinaryProcessIsIgnored(String content) throws Exception {
    Path file = Files.writeString(dir.resolve("pid"), content);

    assertThat(ProcessTable.readPidFile(file)).isEqualTo(OptionalLong.empty());
  }

  @Test
  void aPidFileIsReadWithItsNewline() throws Exception {
    Path file = Files.writeString(dir.resolve("pid"), "4242\n");

    assertThat(ProcessTable.readPidFile(file)).hasValue(4242);
    assertThat(ProcessTable.readPidFile(dir.resolve("absent"))).isEmpty();
    assertThat(ProcessTable.readPidFile(dir)).isEmpty();
  }

  @Test
  void theBootIdIsTheKernels() {
    assertThat(table.bootId()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  private Path process(long pid, String head, long startTicks, String cmdline) throws Exception {
    Path proc = Files.createDirectories(dir.resolve("proc"));
    Path one = Files.createDirectories(proc.resolve("" + pid));
    // Fields 7 to 21 do not matter here; 22 is the start time.
    Files.writeString(one.resolve("stat"), head + " 0".repeat(15) + " " + startTicks + " 0 0\n");
    Files.writeString(one.resolve("status"), "Name:\tx\nUid:\t1000\t1000\t1000\t1000\n");
    Files.writeString(one.resolve("cmdline"), cmdline);
    return proc;
  }
}
