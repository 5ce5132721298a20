package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DmSnapshotStrategyTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long MIB = 1L << 20;

  @TempDir Path dir;
  private FakeKernel kernel;
  private DmSnapshotStrategy disks;
  private Path vms;
  private Image image;
  private VmPaths vm;

  @BeforeEach
  void anImageAndAVm() throws IOException {
    Path home = dir.toRealPath();
    kernel = new FakeKernel(Files.createDirectory(home.resolve("kernel")));
    vms = Files.createDirectory(home.resolve("vms"));
    Path imageDir = Files.createDirectories(home.resolve("images/tiny"));
    image =
        new Image(
            "tiny",
            imageDir,
            imageDir.resolve("kernel"),
            imageDir.resolve("initrd.img"),
            imageDir.resolve("rootfs.img"),
            "6.1",
            8,
            "",
            Instant.EPOCH);
    size(image.rootfs(), 8 * MIB);
    vm = vm();
    disks = daemon();
  }

  private static void size(Path file, long bytes) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(bytes);
    }
  }

  private VmPaths vm() throws IOException {
    VmId id = VmId.random();
    Path place = Files.createDirectory(vms.resolve(id.value()));
    return new VmPaths(id, place, place);
  }

  private DmSnapshotStrategy daemon() {
    return new DmSnapshotStrategy(
        kernel.commands, vms, image.dir().getParent(), kernel.root, kernel::nap);
  }

  private String name() {
    return "banger-" + vm.id();
  }

  private static void refused(ErrorKind kind, String words, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.getMessage()).contains(words);
              assertThat(e.hint()).isNotEmpty();
            });
  }

  @Test
  void creating_starts_no_process_and_takes_next_to_no_room() throws Exception {
    disks.create(image, vm, 4096, LIMIT);

    assertThat(kernel.calls()).isEmpty();
    assertThat(disks.owns(vm)).isTrue();
    assertThat(Files.size(vm.rootChanges())).isBetween(4096 * MIB, 4096 * MIB + 20 * MIB);
    assertThat(Files.getPosixFilePermissions(vm.rootChanges())).hasSize(2);
    assertThat(disks.disk(vm).file()).isEqualTo(kernel.root.resolve("dev/mapper/" + name()));
  }

  @Test
  void a_disk_that_is_there_already_is_left_alone() throws Exception {
    Files.writeString(vm.rootChanges(), "precious");

    assertThatThrownBy(() -> disks.create(image, vm, 8, LIMIT))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));

    assertThat(vm.rootChanges()).hasContent("precious");
    assertThat(SnapshotNote.file(vm)).doesNotExist();
  }

  @Test
  void a_size_below_the_images_is_refused() {
    refused(ErrorKind.INVALID, "got 7 MiB", () -> disks.create(image, vm, 7, LIMIT));
    assertThat(disks.owns(vm)).isFalse();
  }

  @Test
  void a_device_is_made_of_two_loop_devices_that_already_go_by_themselves() {
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);

    assertThat(kernel.calls())
        .containsExactly(
            "losetup --find --show --read-only " + image.rootfs(),
            "losetup --find --show --direct-io=on " + vm.rootChanges(),
            "losetup --detach /dev/loop0 /dev/loop1",
            "dmsetup create --verifyudev --uuid BANGER-" + vm.id() + " " + name());
    assertThat(kernel.devices()).containsExactly(name(), "loop0 rootfs.img", "loop1 root.cow");

    disks.detach(vm, LIMIT);
    assertThat(kernel.devices()).isEmpty();
  }

  @Test
  void a_disk_larger_than_its_image_is_a_snapshot_of_the_image_with_zeroes_behind_it() {
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);

    assertThat(kernel.calls()).hasSize(5);
    assertThat(kernel.devices()).startsWith(name() + "-base", name());

    disks.detach(vm, LIMIT);
    assertThat(kernel.calls())
        .hasSize(6)
        .last()
        .isEqualTo("dmsetup remove %1$s %1$s-base".formatted(name()));
    assertThat(kernel.devices()).isEmpty();
  }

  @Test
  void vms_of_one_image_share_its_loop_device() throws Exception {
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);
    VmPaths other = vm();
    disks.create(image, other, 8, LIMIT);
    disks.attach(image, other, LIMIT);

    assertThat(kernel.calls()).hasSize(7);
    assertThat(kernel.devices().stream().filter(line -> line.endsWith("rootfs.img"))).hasSize(1);
  }

  @Test
  void a_loop_device_that_now_has_another_file_is_not_taken_for_the_images() throws Exception {
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);
    disks.detach(vm, LIMIT);
    String theirs = kernel.loop(dir.resolve("theirs.img"));

    disks.attach(image, vm, LIMIT);

    assertThat(theirs).isEqualTo("loop0");
    assertThat(kernel.devices())
        .containsExactly(name(), "loop0 theirs.img", "loop1 rootfs.img", "loop2 root.cow");
  }

  @Test
  void a_daemon_killed_at_any_command_of_attaching_leaves_what_the_next_one_can_use_or_clear()
      throws Exception {
    for (boolean after : new boolean[] {false, true}) {
      for (int point = 1; point <= 5; point++) {
        vm = vm();
        disks.create(image, vm, 16, LIMIT);
        killed(point, after, () -> daemon().attach(image, vm, LIMIT));
        daemon().attach(image, vm, LIMIT);
        assertThat(kernel.devices()).as("command %d", point).hasSize(4).contains(name());
        daemon().detach(vm, LIMIT);
        assertThat(kernel.devices()).as("command %d", point).isEmpty();

        killed(point, after, () -> daemon().attach(image, vm, LIMIT));
        daemon().detach(vm, LIMIT);
        kernel.settle();
        assertThat(kernel.devices()).as("command %d", point).isEmpty();
      }
    }
  }

  private void killed(int point, boolean after, ThrowingCallable action) {
    kernel.restarted();
    kernel.killedAt = point;
    kernel.killedAfter = after;
    assertThatThrownBy(action).isInstanceOf(FakeKernel.Killed.class);
    kernel.restarted();
  }

  @Test
  void a_daemon_killed_while_detaching_is_finished_by_the_next_one() {
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    killed(1, true, () -> daemon().detach(vm, LIMIT));

    daemon().detach(vm, LIMIT);
    assertThat(kernel.devices()).isEmpty();
    daemon().attach(image, vm, LIMIT);
    assertThat(kernel.devices()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void a_command_that_fails_undoes_the_ones_before_it(int point) {
    disks.create(image, vm, 16, LIMIT);
    kernel.failsAt = point;

    refused(ErrorKind.HOST, "it did not work", () -> disks.attach(image, vm, LIMIT));

    kernel.settle();
    assertThat(kernel.devices()).isEmpty();
    disks.attach(image, vm, LIMIT);
    assertThat(kernel.devices()).hasSize(4);
  }

  @Test
  void what_an_earlier_daemon_made_is_taken_up_and_kept_from_a_removal_that_is_under_way() {
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    int before = kernel.calls().size();

    daemon().attach(image, vm, LIMIT);

    assertThat(kernel.calls().subList(before, kernel.calls().size()))
        .containsExactly("dmsetup message " + name() + " 0 @cancel_deferred_remove");
  }

  @Test
  void a_half_made_device_is_replaced() {
    disks.create(image, vm, 8, LIMIT);
    kernel.mapped(name(), "BANGER-" + vm.id(), "");

    disks.attach(image, vm, LIMIT);

    assertThat(kernel.calls().getFirst()).isEqualTo("dmsetup remove " + name());
    assertThat(kernel.devices()).hasSize(3);
  }

  @Test
  void a_half_made_device_that_somebody_uses_is_a_conflict() {
    disks.create(image, vm, 8, LIMIT);
    kernel.mapped(name(), "BANGER-" + vm.id(), "");
    kernel.busy.put(name(), 1000);

    refused(ErrorKind.CONFLICT, "in use by another program", () -> disks.attach(image, vm, LIMIT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LVM-abc", "BANGER-000000000000"})
  void a_device_of_somebody_else_under_our_name_is_never_touched(String uuid) {
    disks.create(image, vm, 8, LIMIT);
    kernel.mapped(name(), uuid, "0 8 zero");

    refused(ErrorKind.CONFLICT, "is not banger's", () -> disks.attach(image, vm, LIMIT));
    disks.detach(vm, LIMIT);
    disks.sweep(id -> false, LIMIT);

    assertThat(kernel.calls()).isEmpty();
    assertThat(kernel.devices()).containsExactly(name());
  }

  @Test
  void a_busy_device_is_tried_again() {
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);
    kernel.busy.put(name(), 6);

    disks.detach(vm, LIMIT);

    assertThat(kernel.devices()).isEmpty();
    assertThat(kernel.naps).hasSize(6).isSorted();
    assertThat(kernel.deferred).isEmpty();
  }

  @Test
  void a_device_that_stays_busy_is_left_to_go_with_its_last_user_and_never_forced() {
    disks.create(image, vm, 16, LIMIT);
    disks.attach(image, vm, LIMIT);
    kernel.busy.put(name(), 1000);

    disks.detach(vm, LIMIT);

    assertThat(kernel.deferred).containsExactly(name(), name() + "-base");
    assertThat(kernel.naps.stream().mapToLong(Duration::toMillis).sum())
        .isBetween(10_000L, 12_000L);
    assertThat(kernel.calls()).noneMatch(call -> call.contains("force"));
  }

  @Test
  void a_failure_to_remove_that_is_not_for_use_is_told() {
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);
    kernel.failsAt = 5;

    refused(ErrorKind.HOST, "it did not work", () -> disks.detach(vm, LIMIT));
  }

  @Test
  void detaching_what_is_not_there_starts_no_process() throws Exception {
    disks.create(image, vm, 8, LIMIT);
    disks.detach(vm, LIMIT);
    disks.detach(vm(), LIMIT);
    Files.delete(SnapshotNote.file(vm));
    disks.detach(vm, LIMIT);

    assertThat(kernel.calls()).isEmpty();
  }

  @Test
  void a_node_that_nobody_makes_is_made() {
    kernel.makesNodes = false;
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);

    assertThat(kernel.calls()).last().isEqualTo("dmsetup mknodes --noudevsync " + name());
    assertThat(disks.disk(vm).file()).exists();
    disks.detach(vm, LIMIT);
    assertThat(disks.disk(vm).file()).doesNotExist();
  }

  @Test
  void a_node_left_of_an_earlier_device_is_never_taken_for_this_ones() throws Exception {
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);
    Files.writeString(kernel.root.resolve("sys/block/dm-0/dev"), "253:4\n");

    refused(ErrorKind.HOST, "has no node", () -> daemon().attach(image, vm, LIMIT));
  }

  @Test
  void a_file_system_that_cannot_do_without_the_page_cache_is_used_with_it() {
    kernel.directIo = false;
    disks.create(image, vm, 8, LIMIT);
    disks.attach(image, vm, LIMIT);

    assertThat(kernel.calls()).contains("losetup --find --show " + vm.rootChanges());
  }

  @Test
  void an_image_that_changed_since_is_refused_before_anything_is_made() throws Exception {
    disks.create(image, vm, 8, LIMIT);
    FileTime then = Files.getLastModifiedTime(image.rootfs());

    Files.setLastModifiedTime(image.rootfs(), FileTime.from(then.toInstant().plusNanos(1000)));
    refused(ErrorKind.CONFLICT, "written at", () -> disks.attach(image, vm, LIMIT));
    size(image.rootfs(), 9 * MIB);
    refused(
        ErrorKind.CONFLICT, "8388608 bytes, then 9437184", () -> disks.attach(image, vm, LIMIT));
    Files.delete(image.rootfs());
    refused(ErrorKind.CONFLICT, "is gone", () -> disks.attach(image, vm, LIMIT));

    assertThat(kernel.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"format\":2,\"rootfs\":\"/a\",\"baseBytes\":512,\"baseModified\":1,\"sectors\":1}",
        "{\"format\":1,\"rootfs\":\"a\",\"baseBytes\":512,\"baseModified\":1,\"sectors\":1}",
        "{\"format\":1,\"rootfs\":\"/a\",\"baseBytes\":5120,\"baseModified\":1,\"sectors\":1}"
      })
  void a_note_that_makes_no_sense_is_told(String content) throws Exception {
    disks.create(image, vm, 8, LIMIT);
    Files.writeString(SnapshotNote.file(vm), content);

    refused(ErrorKind.HOST, "root.json does not tell", () -> disks.attach(image, vm, LIMIT));
    disks.detach(vm, LIMIT);
    assertThat(kernel.calls()).isEmpty();
  }

  @Test
  void changes_that_the_kernel_gave_up_are_never_used_again() throws Exception {
    disks.create(image, vm, 8, LIMIT);
    header(0x70416e53, 1, 1, 8);
    disks.attach(image, vm, LIMIT);
    disks.detach(vm, LIMIT);

    header(0x70416e53, 0, 1, 8);
    refused(ErrorKind.CONFLICT, "is lost", () -> disks.attach(image, vm, LIMIT));
    assertThat(disks.pressure(vm).orElseThrow().lost()).isTrue();
    header(0x12345678, 1, 1, 8);
    refused(ErrorKind.CONFLICT, "is damaged", () -> disks.attach(image, vm, LIMIT));
  }

  private void header(int... words) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      header.putInt(word);
    }
    try (RandomAccessFile out = new RandomAccessFile(vm.rootChanges().toFile(), "rw")) {
      out.write(header.array());
    }
  }

  @Test
  void one_look_serves_the_pressure_of_all() throws Exception {
    VmPaths other = vm();
    for (VmPaths each : new VmPaths[] {vm, other}) {
      disks.create(image, each, 8, LIMIT);
      disks.attach(image, each, LIMIT);
    }
    kernel.status =
        "%s: 0 16384 snapshot 13500/16500 32\nbanger-%s: 0 16384 snapshot Invalid\nswap: 0 8 snapshot 1/2 3\n"
            .formatted(name(), other.id());
    int before = kernel.calls().size();

    assertThat(disks.pressure(vm).orElseThrow().percent()).isEqualTo(81);
    assertThat(disks.pressure(other).orElseThrow().lost()).isTrue();
    assertThat(kernel.calls()).hasSize(before + 1);
  }

  @Test
  void sweeping_removes_what_is_ours_and_of_no_vm() throws Exception {
    VmPaths orphan = vm();
    VmPaths halfMade = vm();
    for (VmPaths each : new VmPaths[] {vm, orphan}) {
      disks.create(image, each, 16, LIMIT);
      disks.attach(image, each, LIMIT);
    }
    kernel.loop(halfMade.rootChanges());
    kernel.loop(halfMade.workDisk());
    Path elsewhere = dir.resolve("elsewhere/vms/0123456789ab/root.cow");
    String theirs = kernel.loop(elsewhere);
    kernel.mapped("banger-0123456789ab", "BANGER-0123456789ab", "0 8 snapshot /dev/" + theirs);

    disks.sweep(vm.id()::equals, LIMIT);
    kernel.settle();

    assertThat(kernel.devices())
        .contains(name(), name() + "-base", "banger-0123456789ab", theirs + " root.cow")
        .anyMatch(line -> line.endsWith("work.img"))
        .hasSize(7);
  }
}
