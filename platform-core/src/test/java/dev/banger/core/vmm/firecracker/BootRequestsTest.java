package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootRequestsTest {
  private static final Path KERNEL = Path.of("/kernels/vmlinux");

  @Test
  void everythingIsSaidBeforeTheStartAndTheLogFirst() {
    LaunchPlan plan =
        Plans.of(2, List.of(Plans.raw("root"), Plans.raw("work")), Plans.TAP, List.of());

    assertThat(BootRequests.of(plan, KERNEL))
        .extracting(ApiRequest::toString)
        .containsExactly(
            "PUT /logger",
            "PUT /metrics",
            "PUT /machine-config",
            "PUT /boot-source",
            "PUT /drives/root",
            "PUT /drives/work",
            "PUT /network-interfaces/eth0",
            "PUT /vsock",
            "PUT /entropy",
            "PUT /actions");
  }

  @Test
  void theBodiesAreTheseAndHoldNoFieldThatAnOldFirecrackerDoesNotKnow() {
    LaunchPlan plan = Plans.of(2, List.of(Plans.raw("root")), Plans.TAP, List.of("banger.test=1"));

    assertThat(BootRequests.of(plan, KERNEL))
        .extracting(request -> new String(request.bytes(), StandardCharsets.UTF_8))
        .containsExactly(
            "{\"log_path\":\"/data/vm/vmm.log\",\"level\":\"Info\",\"show_level\":true}",
            "{\"metrics_path\":\"/data/vm/metrics.json\"}",
            "{\"vcpu_count\":2,\"mem_size_mib\":512,\"smt\":false}",
            "{\"kernel_image_path\":\"/kernels/vmlinux\",\"initrd_path\":\"/data/vm/initrd.img\","
                + "\"boot_args\":\"console=ttyS0 8250.nr_uarts=1 quiet panic=1 reboot=k"
                + " i8042.noaux i8042.nomux i8042.dumbkbd random.trust_cpu=on swiotlb=noforce"
                + " banger.poweroff=reboot banger.test=1\"}",
            "{\"drive_id\":\"root\",\"path_on_host\":\"/data/vm/root.img\","
                + "\"is_root_device\":false,\"is_read_only\":false,\"cache_type\":\"Writeback\"}",
            "{\"iface_id\":\"eth0\",\"host_dev_name\":\"tap0\","
                + "\"guest_mac\":\"06:00:7f:4d:00:05\"}",
            "{\"guest_cid\":3,\"uds_path\":\"/run/vm/a.sock\"}",
            "{}",
            "{\"action_type\":\"InstanceStart\"}");
  }

  @Test
  void aDiskIsCalledSoThatFirecrackerTakesTheName() {
    Disk disk = new Disk("plug-in-1", Path.of("/p.img"), Disk.Format.RAW, true);

    ApiRequest request =
        BootRequests.of(Plans.of(1, List.of(disk), Plans.TAP, List.of()), KERNEL).get(4);

    assertThat(request.path()).isEqualTo("/drives/plug_in_1");
    assertThat(request.body())
        .containsEntry("drive_id", "plug_in_1")
        .containsEntry("is_read_only", true)
        .containsEntry("cache_type", "Unsafe");
  }

  @Test
  void whatOnlyAnotherDriverCanIsSaidWithItsName() {
    Disk qcow2 = new Disk("root", Path.of("/r.qcow2"), Disk.Format.QCOW2, false);
    refused(Plans.of(1, List.of(qcow2), Plans.TAP, List.of()), ErrorKind.UNAVAILABLE, "raw disks");
    LaunchPlan.UserNetwork user =
        new LaunchPlan.UserNetwork("06:00:7f:4d:00:05", "127.77.0.5", true, List.of());
    refused(
        Plans.of(1, List.of(Plans.raw("root")), user, List.of()),
        ErrorKind.UNAVAILABLE,
        "no user-mode network");
    refused(
        Plans.of(33, List.of(Plans.raw("root")), Plans.TAP, List.of()),
        ErrorKind.UNAVAILABLE,
        "at most 32, not 33");
  }

  @Test
  void whatNobodyCanIsInvalid() {
    refused(
        Plans.of(1, List.of(Plans.raw("../etc")), Plans.TAP, List.of()),
        ErrorKind.INVALID,
        "disk id ../etc");
    refused(
        Plans.of(
            1,
            List.of(Plans.raw("root")),
            new LaunchPlan.TapNetwork("06:00:7f:4d:00:05", "tap/0"),
            List.of()),
        ErrorKind.INVALID,
        "network device tap/0");
    refused(
        Plans.of(1, List.of(Plans.raw("root")), Plans.TAP, List.of("a b")),
        ErrorKind.INVALID,
        "kernel argument \"a b\"");
    refused(
        Plans.of(1, List.of(Plans.raw("root")), Plans.TAP, List.of("x".repeat(1500))),
        ErrorKind.INVALID,
        "characters long");
    refused(
        Plans.of(
            1,
            IntStream.range(0, 13).mapToObj(i -> Plans.raw("d" + i)).toList(),
            Plans.TAP,
            List.of()),
        ErrorKind.INVALID,
        "disks: 13");
  }

  private static void refused(LaunchPlan plan, ErrorKind kind, String message) {
    assertThatThrownBy(() -> BootRequests.of(plan, KERNEL))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind))
        .hasMessageContaining(message);
  }
}
