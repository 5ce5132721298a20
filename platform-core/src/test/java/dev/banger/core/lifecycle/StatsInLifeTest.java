package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.core.host.ProcessMeter;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmRecord;
import dev.banger.core.rpc.RpcMethod;
import dev.banger.core.rpc.RpcServer;
import dev.banger.core.rpc.StatsMethods;
import dev.banger.core.rpc.VmJson;
import dev.banger.core.stats.CpuWatch;
import dev.banger.core.stats.VmUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of VMs that come, work, stand still and go. */
class StatsInLifeTest {
  private static final Duration WINDOW = Duration.ofSeconds(10);

  @TempDir Path home;
  private Lab lab;
  private Path proc;
  private CpuWatch watch;
  private VmUsage usage;
  private final AtomicLong clock = new AtomicLong();

  @BeforeEach
  void aHost() throws IOException {
    lab = new Lab(home);
    proc = Files.createDirectory(home.resolve("proc"));
    Files.writeString(proc.resolve("uptime"), "400000.00 1.00\n");
    ProcessMeter meter = new ProcessMeter(proc.toString());
    watch = new CpuWatch(lab.context.live(), meter, clock::get);
    usage = new VmUsage(lab.vms, lab.context.drivers(), watch, meter);
  }

  private VmHandles handles(VmRecord vm) {
    return lab.context.live().get(vm.id()).orElseThrow().handles();
  }

  private void hasUsed(VmRecord vm, long ticks) throws IOException {
    hasUsed(handles(vm).pid(), handles(vm).startTicks(), ticks);
  }

  private void hasUsed(long pid, long startTicks, long ticks) throws IOException {
    Path dir = Files.createDirectories(proc.resolve(Long.toString(pid)));
    Files.writeString(
        dir.resolve("stat"),
        pid + " (fake) S 1 1 1 0 -1 0 0 0 0 0 " + ticks + " 0 0 0 20 0 3 0 " + startTicks + " 1\n");
    Files.writeString(dir.resolve("status"), "Name:\tfake\nVmRSS:\t  102400 kB\n");
  }

  private void later(int seconds) {
    clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void load_is_known_from_the_second_look_on() throws IOException {
    VmRecord vm = lab.running("web");
    hasUsed(vm, 100);
    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();
    watch.look();
    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();

    later(5);
    hasUsed(vm, 350);
    watch.look();

    assertThat(watch.percent(vm.id(), WINDOW)).hasValue(50);
  }

  @Test
  void a_vm_that_is_down_or_was_never_there_has_no_load_and_is_forgotten() throws IOException {
    VmRecord vm = lab.running("web");
    hasUsed(vm, 100);
    watch.look();
    later(5);
    watch.look();
    assertThat(watch.percent(vm.id(), WINDOW)).hasValue(0);

    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();
    watch.look();
    Lab.await(lab.vms.start(vm, Optional.empty()));
    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();
  }

  @Test
  void a_process_that_has_the_pid_of_a_dead_vmm_is_not_taken_for_it() throws IOException {
    VmRecord vm = lab.running("web");
    hasUsed(vm, 100);
    watch.look();
    later(5);
    hasUsed(handles(vm).pid(), handles(vm).startTicks() + 1, 1_000_000);
    watch.look();

    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();
    assertThat(usage.of(vm).cpuPercent()).isEmpty();
    assertThat(usage.of(vm).residentMiB()).isEmpty();
  }

  @Test
  void what_a_vm_used_before_it_was_stopped_is_not_counted_to_its_next_run() throws IOException {
    VmRecord vm = lab.running("web");
    hasUsed(vm, 100_000);
    watch.look();
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    Lab.await(lab.vms.start(vm, Optional.empty()));

    later(5);
    hasUsed(vm, 100);
    watch.look();
    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();
    later(5);
    hasUsed(vm, 600);
    watch.look();
    assertThat(watch.percent(vm.id(), WINDOW)).hasValue(100);
  }

  @Test
  void a_paused_vm_stands_still_at_once() throws IOException {
    VmRecord vm = lab.running("web");
    hasUsed(vm, 0);
    watch.look();
    later(5);
    hasUsed(vm, 500);
    watch.look();
    Lab.await(lab.vms.pause(vm));

    assertThat(watch.percent(vm.id(), WINDOW)).hasValue(0);
    assertThat(usage.of(vm).cpuPercent()).hasValue(0);
    assertThat(usage.of(vm).guestMemoryMiB()).isEmpty();
  }

  @Test
  void whoever_asks_between_two_looks_is_told_of_this_moment() throws IOException {
    VmRecord vm = lab.running("web");
    hasUsed(vm, 0);
    assertThat(usage.of(vm).cpuPercent()).isEmpty();

    later(2);
    hasUsed(vm, 150);

    assertThat(usage.of(vm).cpuPercent()).hasValue(75);
    assertThat(watch.percent(vm.id(), WINDOW)).isEmpty();
  }

  @Test
  void two_hundred_vms_are_each_told_their_own() throws IOException {
    List<VmRecord> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      VmRecord vm = lab.running("vm" + i);
      hasUsed(vm, i);
      all.add(vm);
    }
    watch.look();
    later(5);
    for (int i = 0; i < 200; i++) {
      hasUsed(all.get(i), 6L * i);
    }
    watch.look();

    for (int i = 0; i < 200; i++) {
      assertThat(watch.percent(all.get(i).id(), WINDOW)).hasValue(i);
    }
  }

  @Test
  void closing_ends_its_thread_and_may_be_done_without_a_start() {
    CpuWatch idle = new CpuWatch(lab.context.live(), new ProcessMeter(), clock::get);
    idle.close();
    watch.start();
    watch.close();
    watch.close();
  }

  // ---- as clients see it

  private Json ask(String params) throws IOException {
    Map<String, RpcMethod> methods = new ConcurrentHashMap<>();
    new StatsMethods(lab.vms, new VmJson(lab.vms), usage).register(methods);
    Path socket = home.resolve("d.sock");
    try (RpcServer ignored = RpcServer.listen(socket, methods::get);
        BangerClient client = BangerClient.connect(socket, Duration.ofSeconds(5)).orElseThrow()) {
      return client
          .call("vm.stats", Json.parse(params.replace('\'', '"')), Duration.ofSeconds(30))
          .get("results");
    }
  }

  @Test
  void a_running_vm_is_told_with_all_that_is_known() throws IOException {
    VmRecord vm = lab.running("web");
    Files.write(lab.directories.paths(vm.id()).workDisk(), new byte[3 << 20]);
    hasUsed(vm, 0);
    watch.look();
    later(10);
    hasUsed(vm, 123);

    Json result = ask("{'refs':['web']}").elements().getFirst();

    long up = 400_000 - handles(vm).startTicks() / 100;
    assertThat(result.get("ref").text()).isEqualTo("web");
    assertThat(result.get("ok")).isEqualTo(Json.TRUE);
    assertThat(result.get("vm").toString())
        .isEqualTo(
            "{\"id\":\"%s\",\"name\":\"web\",\"state\":\"running\"}".formatted(vm.id().value()));
    assertThat(result.get("stats").toString())
        .isEqualTo(
            ("{\"state\":\"running\",\"cpuPercent\":12.3,\"cpus\":1,\"memoryMiB\":128,"
                    + "\"memoryUsedMiB\":100,\"guestMemoryUsedMiB\":256,\"diskMiB\":64,\"diskUsedMiB\":null,"
                    + "\"workDiskMiB\":32,\"workDiskUsedMiB\":3,\"diskReadBytes\":null,\"diskWrittenBytes\":null,"
                    + "\"netReceivedBytes\":null,\"netSentBytes\":null,\"uptimeSeconds\":%d}")
                .formatted(up));
  }

  @Test
  void a_stopped_vm_has_its_disks_and_nothing_else() throws IOException {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    Json stats = ask("{'refs':['web']}").elements().getFirst().get("stats");

    assertThat(stats.text("state")).isEqualTo("stopped");
    assertThat(stats.get("workDiskUsedMiB").number(-1)).isNotNegative();
    for (String field : List.of("cpuPercent", "memoryUsedMiB", "uptimeSeconds")) {
      assertThat(stats.fields()).containsEntry(field, Json.NULL);
    }
  }

  @Test
  void all_that_run_are_those_that_run_and_who_is_named_is_told_in_any_case() throws IOException {
    lab.running("web");
    VmRecord down = lab.running("db");
    Lab.await(lab.vms.stop(down, Optional.empty(), false));
    Lab.await(lab.vms.pause(lab.running("still")));

    assertThat(names(ask("{'all':true,'running':true}"))).containsExactlyInAnyOrder("web", "still");
    assertThat(names(ask("{'all':true}"))).containsExactlyInAnyOrder("web", "db", "still");
    assertThat(names(ask("{'refs':['db'],'running':true}"))).containsExactly("db");
    Json paused = ask("{'refs':['still']}").elements().getFirst();
    assertThat(paused.get("vm").text("paused")).isEqualTo("somebody asked for it");
    assertThat(paused.get("stats").get("cpuPercent").text()).isEqualTo("0.0");
  }

  @Test
  void who_is_unknown_does_not_keep_the_others_from_being_told() throws IOException {
    lab.running("web");

    Json results = ask("{'refs':['nobody','web','web']}");

    assertThat(results.elements()).hasSize(2);
    assertThat(results.elements().getFirst().get("error").text("kind")).isEqualTo("notFound");
    assertThat(results.elements().getLast().get("ok")).isEqualTo(Json.TRUE);
  }

  private static List<String> names(Json results) {
    return results.elements().stream().map(result -> result.get("vm").text("name")).toList();
  }
}
