package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.lifecycle.LaunchPlan.Disk.Format;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootDisksTest {
  private static final Set<Format> BOTH = Set.of(Format.RAW, Format.QCOW2);
  private static final Set<Format> RAW = Set.of(Format.RAW);

  @TempDir Path dir;

  private static final Kind REFLINK = new Kind("reflink", Format.RAW, true);
  private static final Kind NO_REFLINK = new Kind("reflink", Format.RAW, false);
  private static final Kind QCOW2 = new Kind("qcow2", Format.QCOW2, true);
  private static final Kind SNAPSHOT = new Kind("dm-snapshot", Format.RAW, true);
  private static final Kind NO_SNAPSHOT = new Kind("dm-snapshot", Format.RAW, false);
  private static final Kind COPY = new Kind("copy", Format.RAW, true);

  @Test
  void the_first_that_the_driver_reads_and_the_host_can_do_is_taken() {
    assertThat(auto(REFLINK, QCOW2, SNAPSHOT, COPY).pick(BOTH)).isSameAs(REFLINK);
    assertThat(auto(NO_REFLINK, QCOW2, SNAPSHOT, COPY).pick(BOTH)).isSameAs(QCOW2);
    assertThat(auto(REFLINK, QCOW2, SNAPSHOT, COPY).pick(RAW)).isSameAs(REFLINK);
    assertThat(auto(NO_REFLINK, QCOW2, SNAPSHOT, COPY).pick(RAW)).isSameAs(SNAPSHOT);
    assertThat(auto(NO_REFLINK, QCOW2, NO_SNAPSHOT, COPY).pick(RAW)).isSameAs(COPY);
  }

  @Test
  void where_nothing_can_be_done_every_reason_is_told() {
    assertThatThrownBy(() -> auto(NO_REFLINK, QCOW2, NO_SNAPSHOT).pick(RAW))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessage(
            "no root disk in the format raw can be made here: reflink: a test says no;"
                + " dm-snapshot: a test says no");
  }

  @Test
  void what_was_asked_for_is_taken_although_there_is_better() {
    assertThat(of("copy", REFLINK, QCOW2, COPY).pick(BOTH)).isSameAs(COPY);
    assertThat(of("copy", REFLINK, QCOW2, COPY).configured()).contains(COPY);
    assertThat(auto(REFLINK).configured()).isEmpty();
  }

  @Test
  void what_was_asked_for_and_cannot_be_done_is_refused_with_the_reason() {
    assertThatThrownBy(() -> of("reflink", NO_REFLINK, QCOW2).configured())
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.hint()).isEqualTo("mend the test");
            })
        .hasMessage("root disks by reflink (vm.root_disk) cannot be made here: a test says no");
    assertThatThrownBy(() -> of("dm-snapshot", REFLINK, QCOW2).configured())
        .hasMessageContaining("there is: auto, reflink, qcow2");
  }

  @Test
  void what_was_asked_for_and_the_driver_cannot_read_is_refused() {
    assertThatThrownBy(() -> of("qcow2", REFLINK, QCOW2).pick(RAW))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessage(
            "root disks by qcow2 (vm.root_disk) are in the format qcow2, and the VM's driver reads"
                + " raw");
  }

  @Test
  void a_vm_keeps_the_kind_whose_file_it_has() throws Exception {
    VmPaths paths = new VmPaths(VmId.random(), dir, dir);
    RootDisks disks = of("copy", REFLINK, QCOW2, COPY);
    assertThat(disks.of(paths)).isEmpty();
    Files.createFile(dir.resolve("qcow2"));
    assertThat(disks.of(paths)).contains(QCOW2);
  }

  @Test
  void two_kinds_at_once_are_an_error_that_names_both() throws Exception {
    VmPaths paths = new VmPaths(VmId.random(), dir, dir);
    Files.createFile(dir.resolve("qcow2"));
    Files.createFile(dir.resolve("copy"));
    assertThatThrownBy(() -> auto(REFLINK, QCOW2, COPY).of(paths))
        .hasMessage(
            "the VM has 2 root disks: %s/qcow2 (qcow2), %s/copy (copy)".formatted(dir, dir));
  }

  @Test
  void a_vm_that_was_made_before_there_was_a_choice_goes_on_with_its_overlay() throws Exception {
    DiskFixture lab = DiskFixture.in(dir);
    Disks disks =
        new Disks(
            new FakeCommands(call -> FakeCommands.OK),
            dir.resolve("agent"),
            List.of(new ReflinkStrategy(dir, dir), new Qcow2Strategy(), new CopyStrategy()),
            "copy");
    new Qcow2Strategy().create(lab.image(), lab.paths(), 64, DiskFixture.LIMIT);

    assertThat(disks.rootFormat(lab.paths())).contains(Format.QCOW2);
    assertThat(disks.disks(lab.paths()).getFirst())
        .isEqualTo(new Disk("root", lab.paths().dir().resolve("root.qcow2"), Format.QCOW2, false));
    assertThat(disks.rootDisk(lab.paths()))
        .hasValueSatisfying(
            root -> {
              assertThat(root.kind()).isEqualTo("qcow2");
              assertThat(root.usedBytes()).isBetween(1L, 300L << 10);
            });
    assertThatThrownBy(
            () -> disks.createRootDisk(lab.image(), lab.paths(), 64, RAW, DiskFixture.LIMIT))
        .hasMessageContaining("root.qcow2 is already there; it was left alone");
    assertThat(lab.paths().rootCopy()).doesNotExist();
  }

  @Test
  void a_vm_without_a_root_disk_is_told_where_it_should_be() {
    VmPaths paths = new VmPaths(VmId.random(), dir, dir);
    Disks disks =
        new Disks(
            new FakeCommands(call -> FakeCommands.OK), dir.resolve("agent"), List.of(COPY), "auto");
    assertThatThrownBy(() -> disks.disks(paths))
        .hasMessage("the VM has lost its root disk: there is none in " + dir);
    disks.detach(paths, DiskFixture.LIMIT);
  }

  @Test
  void all_kinds_are_asked_to_give_back_and_to_sweep_whatever_files_there_are() {
    List<String> asked = new ArrayList<>();
    RootDiskStrategy remembering =
        new Kind("dm-snapshot", Format.RAW, true) {
          @Override
          public void detach(VmPaths paths, Duration deadline) {
            asked.add("detach");
          }

          @Override
          public void sweep(Predicate<VmId> exists, Duration deadline) {
            asked.add("sweep");
          }
        };
    Disks disks =
        new Disks(
            new FakeCommands(call -> FakeCommands.OK),
            dir.resolve("agent"),
            List.of(COPY, remembering),
            "auto");
    disks.detach(new VmPaths(VmId.random(), dir, dir), DiskFixture.LIMIT);
    disks.sweep(id -> true, DiskFixture.LIMIT);
    assertThat(asked).containsExactly("detach", "sweep");
  }

  private static RootDisks auto(RootDiskStrategy... inOrder) {
    return of("auto", inOrder);
  }

  private static RootDisks of(String wanted, RootDiskStrategy... inOrder) {
    return new RootDisks(List.of(inOrder), wanted);
  }

  /** One whose file is named after it. */
  private static class Kind implements RootDiskStrategy {
    private final String name;
    private final Format format;
    private final boolean isUsable;

    Kind(String name, Format format, boolean isUsable) {
      this.name = name;
      this.format = format;
      this.isUsable = isUsable;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Format format() {
      return format;
    }

    @Override
    public Suitability suitability() {
      return new Suitability(isUsable, "a test says " + (isUsable ? "yes" : "no"), "mend the test");
    }

    @Override
    public void create(Image image, VmPaths paths, long diskMiB, Duration deadline) {
      try {
        Files.createFile(paths.dir().resolve(name));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public boolean owns(VmPaths paths) {
      return Files.exists(paths.dir().resolve(name));
    }

    @Override
    public Disk disk(VmPaths paths) {
      return new Disk("root", paths.dir().resolve(name), format, false);
    }
  }
}
