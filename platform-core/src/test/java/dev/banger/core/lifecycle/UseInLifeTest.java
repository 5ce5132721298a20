package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UseInLifeTest {
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir Path home;
  private Lab lab;
  private VmRecord vm;

  @BeforeEach
  void aRunningVm() {
    lab = new Lab(home);
    vm = lab.running("web");
  }

  private VmState state() {
    return lab.store.find(vm.id()).orElseThrow().state();
  }

  @Test
  void what_is_done_to_a_vm_is_a_use_of_it() throws Exception {
    assertThat(lab.vms.usage(vm).by()).isEqualTo("create");
    Lab.await(lab.vms.restart(vm, Optional.empty()));
    assertThat(lab.vms.usage(vm).by()).isEqualTo("restart");
    lab.vms.touch(vm);
    assertThat(lab.vms.usage(vm).by()).isEqualTo("touch");
    assertThat(lab.vms.usage(vm).now()).isEmpty();
  }

  @Test
  void a_vm_that_is_down_is_not_used_and_cannot_be_touched() {
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThatThrownBy(() -> lab.vms.touch(vm)).hasMessage("vm \"web\" is not running");
    assertThatThrownBy(() -> lab.vms.usage(vm)).hasMessage("vm \"web\" is not running");
  }

  @Test
  void after_a_restart_of_the_daemon_a_running_vm_counts_as_used_then() throws Exception {
    Lab next = lab.restarted();
    var _ = new Reconciler(next.context).run();

    VmUses.Usage usage = next.vms.usage(vm);
    assertThat(usage.by()).isEqualTo("start");
    assertThat(next.vms.stopUnused(vm, LONG, "not used")).isFalse();
  }

  @Test
  void an_unused_vm_is_stopped_and_the_operation_says_why() throws Exception {
    assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "idle: not used")).isTrue();

    lab.eventually(vm.id(), "stopped");
    assertThat(lab.operations.list(100).stream().filter(op -> op.kind().equals("vm.stop")))
        .singleElement()
        .satisfies(
            op ->
                assertThat(op.stages().getFirst())
                    .returns("reason", Operation.Stage::stage)
                    .returns("idle: not used", Operation.Stage::message));
  }

  @Test
  void a_vm_that_was_used_meanwhile_is_left_alone() throws Exception {
    assertThat(lab.vms.stopUnused(vm, LONG, "not used")).isFalse();
    assertThat(state()).isInstanceOf(VmState.Running.class);
  }

  @Test
  void a_vm_with_an_open_stream_is_left_alone_until_it_ends() throws Exception {
    try (VmUses.Use _ = lab.vms.use(vm, "exec")) {
      assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "not used")).isFalse();
    }
    assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "not used")).isTrue();
    lab.eventually(vm.id(), "stopped");
  }

  @Test
  void a_vm_that_a_plugin_says_is_used_is_left_alone_and_counts_as_used_then() throws Exception {
    lab.hooks.uses.add("session build");

    assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "not used")).isFalse();
    assertThat(lab.vms.usage(vm).now()).containsExactly("session build");
    lab.hooks.uses.clear();
    assertThat(lab.vms.usage(vm).by()).isEqualTo("session build");
    assertThat(state()).isInstanceOf(VmState.Running.class);
  }

  @Test
  void a_paused_vm_is_left_alone() throws Exception {
    Lab.await(lab.vms.pause(vm));

    assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "not used")).isFalse();
    assertThat(state()).isInstanceOf(VmState.Running.class);
  }

  @Test
  void the_time_that_a_vm_stood_still_is_not_held_against_it() throws Exception {
    Lab.await(lab.vms.pause(vm));
    assertThat(lab.vms.usage(vm).by()).isEqualTo("pause");

    new PauseVm(lab.context).resume(lab.store.find(vm.id()).orElseThrow());
    assertThat(lab.vms.usage(vm).by()).isEqualTo("resume");
  }

  @Test
  void a_vm_that_somebody_changes_is_left_alone_even_after_the_decision() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    lab.vms.locked(
                        vm,
                        LONG,
                        () -> {
                          inside.countDown();
                          over.await();
                          return null;
                        });
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    inside.await();

    assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "not used")).isFalse();
    over.countDown();
    other.join();
    assertThat(state()).isInstanceOf(VmState.Running.class);
  }

  @Test
  void a_vm_that_is_gone_is_no_error() throws Exception {
    Lab.await(lab.vms.delete(vm));

    assertThat(lab.vms.stopUnused(vm, Duration.ZERO, "not used")).isFalse();
    assertThat(lab.context.live().uses().count()).isZero();
    assertThat(List.copyOf(lab.hooks.removed)).contains(vm.id());
  }
}
