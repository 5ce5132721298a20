package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestPath;
import dev.banger.api.Permission;
import dev.banger.api.ToolCall;
import dev.banger.api.VmUsage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeCapabilityHostTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final FakeVm WEB = FakeVm.running("web");

  @TempDir Path guests;

  private FakeCapabilityHost host(Permission... permissions) {
    return new FakeCapabilityHost(Set.of(permissions), guests).with(WEB);
  }

  private static void fails(ThrowingCallable call, FailureKind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void asking_for_what_was_not_declared_fails_as_it_does_in_the_daemon() {
    FakeCapabilityHost host = host();
    List<ThrowingCallable> asked =
        List.of(
            () -> host.resolve("web"),
            () -> host.usage(WEB, LIMIT),
            () -> host.stop(WEB, "why"),
            () -> host.stopUnused(WEB, LIMIT, "why"),
            () -> host.exec(WEB, GuestCommand.of(LIMIT, "true")),
            () -> host.stat(WEB, "/", LIMIT),
            () -> host.putTar(WEB, "/", _ -> {}, LIMIT),
            () -> host.run(ToolCall.of(LIMIT, "true")),
            () -> host.find("true"));
    for (ThrowingCallable call : asked) {
      fails(call, FailureKind.ILLEGAL_STATE);
    }
  }

  @Test
  void a_vm_is_stopped_when_it_was_not_used_for_so_long_and_by_then_is_not() {
    FakeCapabilityHost host = host(Permission.VM_READ, Permission.VM_STOP);
    assertThat(host.stopUnused(WEB, LIMIT, "used just now")).isFalse();

    host.usage(
        WEB, new VmUsage(Instant.EPOCH, "exec", LIMIT, List.of(), OptionalDouble.empty(), false));
    assertThat(host.stopUnused(WEB, LIMIT.plusNanos(1), "too early")).isFalse();
    assertThat(host.stopUnused(WEB, LIMIT, "not used")).isTrue();
    assertThat(host.stops()).containsExactly("web: not used");
    assertThat(host.resolve("web").state()).isEqualTo("stopped");
    fails(() -> host.usage(WEB, LIMIT), FailureKind.ILLEGAL_STATE);
  }

  @Test
  void a_guest_that_does_not_run_answers_nothing() {
    fails(
        () -> host(Permission.GUEST_FILES).stat(WEB.in("stopped"), "/", LIMIT),
        FailureKind.ILLEGAL_STATE);
  }

  @Test
  void an_archive_lands_in_the_guests_directory_and_nonsense_does_not() throws Exception {
    FakeCapabilityHost host = host(Permission.GUEST_FILES, Permission.hostTool("tar"));
    host.putTar(
        WEB,
        "/root/a",
        out ->
            host.run(
                ToolCall.of(LIMIT, "tar", "-c", "-f", "-", "--files-from=/dev/null")
                    .withStdout(out)),
        LIMIT);

    assertThat(host.stat(WEB, "/root/a", LIMIT)).isEqualTo(GuestPath.EMPTY_DIRECTORY);
    assertThat(host.stat(WEB, "/root", LIMIT)).isEqualTo(GuestPath.DIRECTORY);
    assertThat(host.stat(WEB, "/root/b", LIMIT)).isEqualTo(GuestPath.ABSENT);
    fails(
        () -> host.putTar(WEB, "/root/b", out -> out.write(new byte[] {1, 2, 3}), LIMIT),
        FailureKind.GUEST);
  }
}
