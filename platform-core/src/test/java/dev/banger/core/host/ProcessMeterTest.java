package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessMeterTest {
  private static final String REST = " 1 77 77 0 -1 4194560 9 0 0 0 120 30 7 7 20 0 4 0 4711 9 9";

  @TempDir Path proc;
  private final byte[] buffer = new byte[ProcessMeter.BUFFER];
  private ProcessMeter meter;

  @BeforeEach
  void aProcess() throws IOException {
    meter = new ProcessMeter(proc.toString());
    Files.createDirectories(proc.resolve("77"));
  }

  private void stat(String text) throws IOException {
    Files.writeString(proc.resolve("77/stat"), text, StandardCharsets.ISO_8859_1);
  }

  private long ticks() {
    return meter.cpuTicks(77, 4711, buffer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qemu",
        "a b",
        ") S 1 1 1",
        "((()))",
        "",
        "x\ny) Z 1",
        "\u00ff\u0001",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22"
      })
  void user_and_system_time_are_added_whatever_the_command_is_called(String name)
      throws IOException {
    stat("77 (" + name + ") S" + REST + "\n");

    assertThat(ticks()).isEqualTo(150);
  }

  @Test
  void a_process_that_took_over_the_pid_is_not_believed() throws IOException {
    stat("77 (qemu) S" + REST + "\n");

    assertThat(meter.cpuTicks(77, 4712, buffer)).isEqualTo(ProcessMeter.UNKNOWN);
    assertThat(meter.cpuTicks(78, 4711, buffer)).isEqualTo(ProcessMeter.UNKNOWN);
  }

  @Test
  void a_zombie_is_gone_but_not_while_other_threads_of_it_run() throws IOException {
    stat("77 (qemu) Z" + REST + "\n");
    assertThat(ticks()).isEqualTo(150);

    stat("77 (qemu) Z" + REST.replace(" 20 0 4 0 ", " 20 0 1 0 ") + "\n");
    assertThat(ticks()).isEqualTo(ProcessMeter.UNKNOWN);
  }

  static Stream<Arguments> nonsense() {
    return Stream.of(
            "",
            ")",
            "77 (qemu",
            "77 (qemu)",
            "77 (qemu) S 1 77",
            "77 (qemu) S" + REST.replace(" 120 ", " -120 "),
            "77 (qemu) S" + REST.replace(" 120 ", " 12x "),
            "77 (qemu) S" + REST.replace(" 30 ", " 99999999999999999999 "),
            "77 (qemu) S" + REST.replace(" 4711 ", " "),
            "77 (" + "q".repeat(10_000) + ") S" + REST)
        .map(Arguments::of);
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsense_is_no_number(String text) throws IOException {
    stat(text);

    assertThat(ticks()).isEqualTo(ProcessMeter.UNKNOWN);
  }

  @Test
  void what_an_earlier_and_longer_answer_left_in_the_buffer_does_not_count() throws IOException {
    stat("77 (qemu) S" + REST + "\n");
    assertThat(ticks()).isEqualTo(150);

    stat("77 (qemu) S 1");

    assertThat(ticks()).isEqualTo(ProcessMeter.UNKNOWN);
  }

  @Test
  void memory_is_what_is_resident_and_only_of_that_process() throws IOException {
    stat("77 (qemu) S" + REST + "\n");
    Path status = proc.resolve("77/status");
    Files.writeString(status, "Name:\tVmRSS:\\n1 kB\nVmHWM:\t  9 kB\nVmRSS:\t  204800 kB\nX:\t1\n");

    assertThat(meter.residentKiB(77, 4711)).hasValue(204_800);
    assertThat(meter.residentKiB(77, 1)).isEmpty();

    Files.writeString(status, "Name:\tqemu\n");
    assertThat(meter.residentKiB(77, 4711)).isEmpty();
    Files.writeString(status, "VmRSS:\t lots\n");
    assertThat(meter.residentKiB(77, 4711)).isEmpty();
    Files.delete(status);
    assertThat(meter.residentKiB(77, 4711)).isEmpty();
  }

  @Test
  void age_counts_from_the_start_of_the_process() throws IOException {
    assertThat(meter.ageSeconds(4711)).isEmpty();
    Files.writeString(proc.resolve("uptime"), "107.42 190.00\n");

    assertThat(meter.ageSeconds(4711)).hasValue(60);
    assertThat(meter.ageSeconds(20_000)).hasValue(0);
  }

  @Test
  void this_process_has_used_time_and_memory() {
    ProcessMeter real = new ProcessMeter();
    long pid = ProcessHandle.current().pid();
    long start = new ProcessTable().find(pid).orElseThrow().startTicks();

    assertThat(real.cpuTicks(pid, start, buffer)).isPositive();
    assertThat(real.cpuTicks(pid, start + 1, buffer)).isEqualTo(ProcessMeter.UNKNOWN);
    assertThat(real.residentKiB(pid, start).orElse(0)).isPositive();
    assertThat(real.ageSeconds(start)).isPresent();
  }
}
