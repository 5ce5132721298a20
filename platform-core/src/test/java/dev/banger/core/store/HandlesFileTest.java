package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandlesFileTest {
  private static final VmHandles HANDLES =
      new VmHandles(4121, 987_654_321L, "6f1c2e9a-0000-4000-8000-000000000000", "qemu", "tcg");
  private static final Launched LAUNCHED = new Launched(2, 512, 4096, true);
  private static final String WHOLE =
      """
      {"version":1,"pid":4121,"startTicks":5,"hostBootId":"b","driver":"qemu","accel":"tcg"}""";

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = temp.resolve("handles.json");
  }

  @Test
  void whatIsWrittenComesBack() throws Exception {
    HandlesFile.write(file, HANDLES, LAUNCHED);
    assertThat(HandlesFile.readAll(file))
        .contains(new HandlesFile.Content(HANDLES, Optional.of(LAUNCHED)));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void writingReplacesAndLeavesNothingElseEvenAfterAnEarlierCrash() throws Exception {
    Files.writeString(temp.resolve("handles.json.part"), "left by a crash");
    HandlesFile.write(file, HANDLES, LAUNCHED);
    VmHandles next = new VmHandles(1, 2, "b", "qemu", "kvm");
    HandlesFile.write(file, next, LAUNCHED);
    assertThat(HandlesFile.read(file)).contains(next);
    try (var files = Files.list(temp)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aMissingFileIsSimplyNotThere() {
    assertThat(HandlesFile.read(file)).isEmpty();
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void aFileCutOffAnywhereIsNoHandlesAndIsSetAside() throws Exception {
    byte[] whole = WHOLE.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThat(HandlesFile.read(file)).as("%d bytes", length).isEmpty();
      assertThat(file).doesNotExist();
      assertThat(temp.resolve("handles.json.bad")).hasSize(length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "[]",
        "42",
        "{}",
        "{\"version\":2,\"pid\":1,\"startTicks\":5,\"hostBootId\":\"b\",\"driver\":\"q\",\"accel\":\"t\"}",
        "{\"version\":1,\"pid\":-1,\"startTicks\":5,\"hostBootId\":\"b\",\"driver\":\"q\",\"accel\":\"t\"}",
        "{\"version\":1,\"pid\":\"1\",\"startTicks\":5,\"hostBootId\":\"b\",\"driver\":\"q\",\"accel\":\"t\"}",
        "{\"version\":1,\"pid\":1e3,\"startTicks\":5,\"hostBootId\":\"b\",\"driver\":\"q\",\"accel\":\"t\"}",
        "{\"version\":1,\"pid\":99999999999999999999,\"startTicks\":5,\"hostBootId\":\"b\",\"driver\":\"q\"}",
        "{\"version\":1,\"pid\":1,\"startTicks\":5,\"hostBootId\":[\"b\"],\"driver\":{},\"accel\":null}",
        "{\"version\":1,\"pid\":1,\"startTicks\":5,\"hostBootId\":\"b\",\"driver\":\"q\",\"accel\":\"t\"} {}",
      })
  void contentOfAnotherKindIsNoHandlesAndIsSetAside(String content) throws Exception {
    Files.writeString(file, content);
    assertThat(HandlesFile.read(file)).isEmpty();
    assertThat(file).doesNotExist();
    assertThat(temp.resolve("handles.json.bad")).hasContent(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"cpus\":0,\"memoryMiB\":1,\"workDiskMiB\":1", ",\"cpus\":2"})
  void theHandlesHoldWithoutWhatTheVmmWasStartedWith(String rest) throws Exception {
    Files.writeString(file, WHOLE.replace("}", rest + "}"));
    assertThat(HandlesFile.readAll(file))
        .contains(
            new HandlesFile.Content(new VmHandles(4121, 5, "b", "qemu", "tcg"), Optional.empty()));
  }

  @Test
  void fieldsOfALaterReleaseAreSkipped() throws Exception {
    Files.writeString(file, WHOLE.replace("{\"version\"", "{\"tap\":{\"name\":[1,2]},\"version\""));
    assertThat(HandlesFile.read(file)).contains(new VmHandles(4121, 5, "b", "qemu", "tcg"));
  }

  @Test
  void aHugeOrDeeplyNestedFileIsRefusedWithoutReadingItAll() throws Exception {
    Files.writeString(file, "[".repeat(10_000));
    assertThat(HandlesFile.read(file)).isEmpty();
    Files.writeString(file, " ".repeat(1_000_000) + WHOLE);
    assertThat(HandlesFile.read(file)).isEmpty();
  }

  @Test
  void aLinkOrDirectoryInItsPlaceIsNotFollowed() throws Exception {
    Path elsewhere = temp.resolve("elsewhere");
    Files.writeString(elsewhere, WHOLE);
    Files.createSymbolicLink(file, elsewhere);
    assertThat(HandlesFile.read(file)).isEmpty();
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(HandlesFile.read(file)).isEmpty();
  }

  @Test
  void aDirectoryThatIsGoneIsReportedWithTheFile() {
    Path lost = temp.resolve("gone").resolve("handles.json");
    assertThatThrownBy(() -> HandlesFile.write(lost, HANDLES, LAUNCHED))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining(lost.toString());
  }
}
