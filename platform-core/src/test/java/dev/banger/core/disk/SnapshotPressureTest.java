package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.disk.DeviceMapper.Status;
import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotPressureTest {
  private static final Path CHANGES = Path.of("/vms/1/root.cow");
  private static final long SECTORS_PER_MIB = 2048;

  @ParameterizedTest
  @CsvSource({
    // used MiB, size MiB, free MiB, percent
    "100, 8192, 100000, 1", // all that it may ever need is free
    "100, 8192, 8000, 1", // it is not any more, but far from it
    "6000, 8192, 2000, 75", // its own file is fuller than the host would be
    "6000, 8192, 1500, 80",
    "100, 8192, 1000, 80", // scarce, whoever uses it up
    "100, 8192, 200, 95",
    "100, 8192, 0, 100",
    "8100, 8192, 100000, 98"
  })
  void the_nearer_of_the_two_ends_counts(long used, long size, long free, int percent) {
    Status status = new Status(used * SECTORS_PER_MIB, size * SECTORS_PER_MIB, false);
    Pressure pressure = SnapshotPressure.of(status, CHANGES, free << 20);

    assertThat(pressure.percent()).isEqualTo(percent);
    assertThat(pressure.lost()).isFalse();
    assertThat(pressure.hint().isEmpty()).isEqualTo(percent < 80);
  }

  @Test
  void a_snapshot_that_the_kernel_gave_up_is_lost() {
    Pressure pressure = SnapshotPressure.of(new Status(0, 0, true), CHANGES, 1L << 40);
    assertThat(pressure.lost()).isTrue();
    assertThat(pressure.percent()).isEqualTo(100);
    assertThat(pressure.hint()).isNotEmpty();
  }

  @Test
  void a_file_is_as_large_as_all_changes_with_their_tables() {
    // 8 GiB in chunks of 4 KiB, a table for every 256, a header, and one of each to spare.
    assertThat(ChangesFile.bytesFor(8L << 21)).isEqualTo((2097152L + 8192 + 3) * 4096);
  }
}
