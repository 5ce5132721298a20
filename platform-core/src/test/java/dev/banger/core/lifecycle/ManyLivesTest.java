package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.banger.core.model.VmRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyLivesTest {
  private static final int LIVES = 200;
  private static final int GROWTH = 5;

  @TempDir Path home;

  private static void live(Lab lab) {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    Lab.await(lab.vms.start(lab.vms.resolve("web"), Optional.empty()));
    Lab.await(lab.vms.pause(vm));
    Lab.await(lab.vms.resume(vm));
    Lab.await(lab.vms.delete(vm));
  }

  /** Virtual ones too. */
  private List<String> threads() throws IOException {
    Path dump = home.resolve("threads");
    Files.deleteIfExists(dump);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    try (Stream<String> lines = Files.lines(dump)) {
      return lines.filter(line -> line.startsWith("#")).toList();
    }
  }

  private static long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  @Test
  void leaveAsManyThreadsFilesAndLocksAsOne() throws Exception {
    Lab lab = new Lab(home);
    live(lab);
    int threads = threads().size();
    long files = openFiles();

    for (int i = 0; i < LIVES; i++) {
      live(lab);
    }

    long patience = System.nanoTime() + Lab.PATIENCE.toNanos();
    while (threads().size() > threads + GROWTH && System.nanoTime() < patience) {
      Thread.sleep(20);
    }
    assertThat(threads()).hasSizeLessThanOrEqualTo(threads + GROWTH);
    assertThat(openFiles()).isLessThanOrEqualTo(files + GROWTH);
    assertThat(lab.guests.openLinks()).isZero();
    assertThat(lab.context.locks().inUse()).isZero();
    assertThat(lab.context.live().ids()).isEmpty();
  }

  @Test
  void aThreadThatStaysWouldBeSeen() throws Exception {
    int before = threads().size();
    List<Thread> stuck =
        Stream.generate(() -> Thread.ofVirtual().start(ManyLivesTest::forever)).limit(50).toList();
    try {
      assertThat(threads().size()).isGreaterThan(before + 40);
    } finally {
      stuck.forEach(Thread::interrupt);
    }
  }

  private static void forever() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
