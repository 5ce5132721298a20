package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestPath;
import dev.banger.api.GuestResult;
import dev.banger.api.Permission;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.hooks.GuardedHost;
import dev.banger.hooks.HostCalls;
import dev.banger.hooks.Lease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoreHostTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final VmView WEB = VmViews.of(RuntimeHarness.WEB);

  @TempDir Path temp;
  private final ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
  private final AtomicReference<String> into = new AtomicReference<>("");
  private FakeGuestLink link =
      new FakeGuestLink(
          (directory, tar) -> {
            into.set(directory);
            tar.transferTo(unpacked);
          });
  private final Lease lease = Lease.unlimited("the call");
  private final LockTable locks = new LockTable();

  @AfterEach
  void noProcessIsLeft() throws InterruptedException {
    for (Process process : link.started) {
      process.waitFor();
    }
  }

  private CapabilityHost host() {
    return new GuardedHost(
        new CoreHost("test", new Ports(), new HostToolRunner(new ProcessCommands()), locks),
        "test",
        Set.of(
            Permission.VM_READ,
            Permission.VM_LOCK,
            Permission.IMAGE_READ,
            Permission.GUEST_EXEC,
            Permission.GUEST_FILES,
            Permission.hostTool("sh"),
            Permission.hostTool("no-such-tool")),
        lease,
        HostCalls.UNSEEN);
  }

  private final class Ports extends FakePorts {
    @Override
    public VmRecord resolve(String ref) {
      throw new BangerException(ErrorKind.AMBIGUOUS, "matches 2 VMs", "say more");
    }

    @Override
    public GuestLink guest(VmId id, Duration deadline) {
      return link;
    }
  }

  private static void fails(ThrowingCallable call, FailureKind kind, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }

  @Test
  void failures_of_the_core_reach_the_plugin_in_its_own_terms() {
    assertThatThrownBy(() -> host().resolve("w"))
        .isInstanceOfSatisfying(
            CapabilityException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.AMBIGUOUS);
              assertThat(e).hasMessage("matches 2 VMs");
              assertThat(e.hint()).isEqualTo("say more");
            });
  }

  @Test
  void no_vm_is_stopped_for_a_plugin_that_did_not_declare_it() {
    fails(
        () -> host().stop(WEB, "why"),
        FailureKind.ILLEGAL_STATE,
        "did not declare that it needs vm.stop");
    fails(
        () -> host().stopUnused(WEB, LIMIT, "why"),
        FailureKind.ILLEGAL_STATE,
        "did not declare that it needs vm.stop");
  }

  @Test
  void a_guests_command_gives_its_code_and_both_outputs() throws Exception {
    GuestResult result =
        host().exec(WEB, GuestCommand.of(LIMIT, "sh", "-c", "echo out; echo err >&2; cat; exit 3"));

    assertThat(result).isEqualTo(new GuestResult(3, "out\n", "err\n", false));
  }

  @Test
  void a_guest_that_never_stops_talking_is_cut_to_a_mebibyte() throws Exception {
    GuestResult result =
        host().exec(WEB, GuestCommand.of(LIMIT, "sh", "-c", "yes | head -c 5000000"));

    assertThat(result.stdout()).hasSize(1 << 20);
    assertThat(result.truncated()).isTrue();
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void a_guests_command_past_its_deadline_is_hung_up() {
    fails(
        () -> host().exec(WEB, GuestCommand.of(Duration.ofMillis(50), "sleep", "60")),
        FailureKind.TIMEOUT,
        "sleep did not finish in the guest within 50 ms");
    assertThat(link.started).hasSize(1);
  }

  @Test
  void nothing_is_answered_once_the_call_is_over() {
    lease.revoke();
    fails(
        () -> host().withLock("k", LIMIT, () -> 1), FailureKind.ILLEGAL_STATE, "the call is over");
  }

  @Test
  void stat_tells_what_is_there() throws Exception {
    Path dir = Files.createDirectory(temp.resolve("a dir"));
    assertThat(host().stat(WEB, dir.toString(), LIMIT)).isEqualTo(GuestPath.EMPTY_DIRECTORY);
    Files.createSymbolicLink(dir.resolve(".hidden"), Path.of("nowhere"));
    assertThat(host().stat(WEB, dir.toString(), LIMIT)).isEqualTo(GuestPath.DIRECTORY);
    Path file = Files.createFile(temp.resolve("$(touch x)"));
    assertThat(host().stat(WEB, file.toString(), LIMIT)).isEqualTo(GuestPath.FILE);
    assertThat(host().stat(WEB, dir + "/.hidden", LIMIT)).isEqualTo(GuestPath.OTHER);
    assertThat(host().stat(WEB, dir + "/none", LIMIT)).isEqualTo(GuestPath.ABSENT);
    fails(() -> host().stat(WEB, "relative", LIMIT), FailureKind.INVALID, "not an absolute path");
  }

  @Test
  void an_archive_reaches_the_guest_whole() throws Exception {
    byte[] block = new byte[100_000];
    host()
        .putTar(
            WEB,
            "/root/repo",
            out -> {
              for (int i = 0; i < 50; i++) {
                out.write(block);
              }
              out.write(7);
            },
            LIMIT);

    assertThat(into).hasValue("/root/repo");
    assertThat(unpacked.size()).isEqualTo(5_000_001);
  }

  @Test
  void an_archive_that_breaks_off_is_no_archive_for_the_guest() {
    assertThatThrownBy(
            () ->
                host()
                    .putTar(
                        WEB,
                        "/root/repo",
                        out -> {
                          out.write(new byte[10]);
                          throw new IllegalStateException("the disk died");
                        },
                        LIMIT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the disk died");
  }

  @Test
  void a_guest_that_has_enough_before_the_padding_ends_is_content() throws Exception {
    link = new FakeGuestLink((_, tar) -> unpacked.write(tar.readNBytes(10)));
    host().putTar(WEB, "/root/repo", out -> out.write(new byte[4 << 20]), LIMIT);

    assertThat(unpacked.size()).isEqualTo(10);
  }

  @Test
  void a_guest_that_gives_up_is_the_reason_not_the_broken_pipe() {
    link =
        new FakeGuestLink(
            (_, tar) -> {
              tar.readNBytes(10);
              throw new IOException("no space left");
            });
    fails(
        () ->
            host()
                .putTar(
                    WEB,
                    "/root/repo",
                    out -> {
                      while (true) {
                        out.write(new byte[4096]);
                      }
                    },
                    LIMIT),
        FailureKind.GUEST,
        "the guest lost it: no space left");
  }

  @Test
  void the_guest_fails_too_when_the_archive_breaks_off() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    link =
        new FakeGuestLink(
            (_, tar) -> {
              try {
                tar.transferTo(unpacked);
              } catch (IOException e) {
                failed.countDown();
                throw e;
              }
            });
    assertThatThrownBy(
            () ->
                host()
                    .putTar(
                        WEB,
                        "/root/repo",
                        _ -> {
                          throw new IllegalStateException("nothing to send");
                        },
                        LIMIT))
        .hasMessage("nothing to send");
    failed.await();
  }

  @Test
  void a_guest_that_stops_reading_ends_at_the_deadline() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    link =
        new FakeGuestLink(
            (_, _) -> {
              try {
                released.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      fails(
          () ->
              host()
                  .putTar(
                      WEB,
                      "/root/repo",
                      out -> {
                        while (true) {
                          out.write(new byte[4096]);
                        }
                      },
                      Duration.ofMillis(100)),
          FailureKind.TIMEOUT,
          "did not pass all files in time");
    } finally {
      released.countDown();
    }
  }

  @Test
  void a_tool_sees_only_a_small_environment_and_what_it_is_given() throws Exception {
    ToolResult result =
        host()
            .run(
                ToolCall.of(LIMIT, "sh", "-c", "env; pwd; cat")
                    .in(temp)
                    .withEnv(Map.of("GIVEN", "yes"))
                    .withStdin(InputStream.nullInputStream()));

    assertThat(result.ok()).isTrue();
    assertThat(result.stdout()).contains("GIVEN=yes", "LC_ALL=C", "PATH=", temp.toString());
    assertThat(result.stdout().lines().map(line -> line.split("=", 2)[0]))
        .isSubsetOf(
            "GIVEN",
            "LC_ALL",
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "TMPDIR",
            "XDG_CONFIG_HOME",
            "PWD",
            "_",
            "OLDPWD",
            "SHLVL",
            temp.toString());
  }

  @Test
  void a_missing_tool_and_a_slow_one_are_told() {
    fails(
        () -> host().run(ToolCall.of(LIMIT, "no-such-tool")),
        FailureKind.UNAVAILABLE,
        "no-such-tool is not installed");
    fails(
        () -> host().run(ToolCall.of(Duration.ofMillis(50), "sh", "-c", "sleep 60")),
        FailureKind.TIMEOUT,
        "did not finish");
    assertThat(host().find("no-such-tool")).isEmpty();
  }

  @Test
  void a_lock_is_held_by_one_and_forgotten_after() throws Exception {
    String answer =
        host()
            .withLock(
                "key",
                LIMIT,
                () -> {
                  fails(
                      () -> host().withLock("key", Duration.ofMillis(20), () -> "inner"),
                      FailureKind.CONFLICT,
                      "\"key\" is busy");
                  return host().withLock("other", LIMIT, () -> "outer");
                });

    assertThat(answer).isEqualTo("outer");
    assertThat(locks.size()).isZero();
  }
}
