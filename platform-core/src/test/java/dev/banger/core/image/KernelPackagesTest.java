package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelPackagesTest {
  @TempDir Path dir;
  private Path cache;
  private int fetches;

  @BeforeEach
  void aCache() {
    cache = dir.resolve("kernels");
  }

  @Test
  void theKernelIsUnpackedAndItsPackageKept() throws Exception {
    FakeApt archive = new FakeApt();
    KernelPackages.Kernel kernel = fetch(archive);

    assertThat(kernel.version()).isEqualTo(FakeApt.VERSION);
    assertThat(kernel.image()).hasContent("kernel");
    assertThat(kernel.modules().resolve("modules.dep")).exists();
    assertThat(cache.resolve(FakeApt.DEB)).hasContent("good");
    assertThat(archive.updated()).isFalse();
  }

  @Test
  void aKeptPackageIsNotDownloadedAgain() throws Exception {
    fetch(new FakeApt());
    FakeApt offline = new FakeApt().offline();
    fetch(offline);
    assertThat(offline.downloaded()).isEmpty();
  }

  @Test
  void aKeptPackageThatIsDamagedIsReplaced() throws Exception {
    Files.createDirectories(cache);
    Files.writeString(cache.resolve(FakeApt.DEB), "damaged");
    FakeApt archive = new FakeApt();
    fetch(archive);
    assertThat(archive.downloaded()).containsExactly(FakeApt.DEB);
    assertThat(cache.resolve(FakeApt.DEB)).hasContent("good");
  }

  @Test
  void listsThatAreAbsentOrOutOfDateAreFetchedPrivately() throws Exception {
    FakeApt old = new FakeApt().withListsThatNameADroppedPackage();
    assertThat(fetch(old).version()).isEqualTo(FakeApt.VERSION);
    assertThat(old.updated()).isTrue();

    FakeApt none = new FakeApt().withoutLists();
    assertThat(fetch(none).version()).isEqualTo(FakeApt.VERSION);
    assertThat(none.updated()).isTrue();
  }

  @Test
  void withoutListsAndNetworkTheErrorIsAptsOwn() {
    assertThatThrownBy(() -> fetch(new FakeApt().withoutLists().offline()))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.HOST);
              assertThat(e.hint()).contains("apt-get update");
            })
        .hasMessageContaining("Failed to fetch the lists");
  }

  @Test
  void packagesUnusedForLongAreForgotten() throws Exception {
    Files.createDirectories(cache);
    Path old = Files.writeString(cache.resolve("linux-image-5.1_1_amd64.deb"), "good");
    Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    Path recent = Files.writeString(cache.resolve("linux-image-6.0_1_amd64.deb"), "good");

    fetch(new FakeApt());

    assertThat(old).doesNotExist();
    assertThat(recent).exists();
  }

  @Test
  void onlyPartsOfAKernelAreFollowedAmongDependencies() {
    assertThat(
            KernelPackages.parts(
                "linux-image-6.8.0-31-generic (= 6.8), linux-modules-6.8.0-31-generic | x,"
                    + " linux-base, initramfs-tools | linux-initramfs-tool, linux-image-virtual"))
        .containsExactly("linux-image-6.8.0-31-generic", "linux-modules-6.8.0-31-generic");
    assertThat(KernelPackages.parts("")).isEmpty();
  }

  private KernelPackages.Kernel fetch(FakeApt archive) throws IOException, InterruptedException {
    var commands = new FakeCommands(archive);
    Path work = Files.createDirectories(dir.resolve("work" + fetches++));
    return new KernelPackages(commands, cache)
        .fetch(Apt.ofSystem(commands, Files.createDirectories(work.resolve("apt"))), work);
  }
}
