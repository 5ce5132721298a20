package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLockTest {
  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = temp.resolve("daemon.lock");
  }

  @Test
  void onlyOneHasItAndItSaysWho() throws Exception {
    try (FileLock lock = FileLock.tryAcquire(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(FileLock.tryAcquire(file)).isEmpty();
      assertThat(FileLock.holder(file)).hasValue(ProcessHandle.current().pid());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
    FileLock.tryAcquire(file).orElseThrow().close();
  }

  @Test
  void anotherNameOfTheDirectoryIsTheSameLock() throws Exception {
    Path other =
        Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("d")));
    try (FileLock lock = FileLock.tryAcquire(temp.resolve("d/lock")).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(FileLock.tryAcquire(other.resolve("lock"))).isEmpty();
    }
  }

  @Test
  void releasingTwiceDoesNotReleaseTheNextOwner() {
    FileLock first = FileLock.tryAcquire(file).orElseThrow();
    first.close();
    try (FileLock second = FileLock.tryAcquire(file).orElseThrow()) {
      first.close();
      assertThat(second).isNotNull();
      assertThat(FileLock.tryAcquire(file)).isEmpty();
    }
  }

  @Test
  void anotherProcessHasItUntilItIsKilled() throws Exception {
    Process other = holder();
    try {
      assertThat(FileLock.tryAcquire(file)).isEmpty();
      assertThat(FileLock.holder(file)).hasValue(other.pid());
    } finally {
      other.destroyForcibly().waitFor();
    }
    FileLock.tryAcquire(file).orElseThrow().close();
  }

  @Test
  void askingAgainDoesNotLoseTheLockToAnotherProcess() throws Exception {
    try (FileLock lock = FileLock.tryAcquire(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(FileLock.tryAcquire(file)).isEmpty();
      assertThat(FileLock.holder(file)).isPresent();
      Process other = start();
      try (BufferedReader out = other.inputReader()) {
        assertThat(out.readLine()).isEqualTo("busy");
      } finally {
        other.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void aMissingDirectoryIsReported() {
    assertThatThrownBy(() -> FileLock.tryAcquire(temp.resolve("gone/lock")))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("gone/lock");
    assertThat(FileLock.holder(temp.resolve("gone/lock"))).isEmpty();
  }

  @Test
  void aLockFileWithNonsenseInItHasNoKnownHolder() throws Exception {
    Files.writeString(file, "x".repeat(100_000));
    assertThat(FileLock.holder(file)).isEmpty();
    FileLock.tryAcquire(file).orElseThrow().close();
    assertThat(FileLock.holder(file)).hasValue(ProcessHandle.current().pid());
  }

  private Process holder() throws Exception {
    Process process = start();
    assertThat(process.inputReader().readLine()).isEqualTo("held");
    return process;
  }

  private Process start() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            file.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Holds the lock until it is killed or its standard input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws Exception {
      boolean held = FileLock.tryAcquire(Path.of(args[0])).isPresent();
      System.out.println(held ? "held" : "busy");
      while (System.in.read() >= 0) {}
    }
  }
}
