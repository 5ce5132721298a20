package dev.banger.plugin.filesync;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandResult;
import dev.banger.api.DoctorCheck;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.Permission;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncTest {
  private static final FakeVm WEB = FakeVm.running("web");
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));

  @TempDir Path temp;
  private Path host;
  private Path guest;
  private Path root;
  private FakeCapabilityHost world;
  private final List<GuestCommand> commands = new ArrayList<>();
  private FakeCommandCall lastCall;

  @BeforeEach
  void prepare() throws IOException {
    Path home = temp.toRealPath();
    host = Files.createDirectories(home.resolve("host"));
    world =
        new FakeCapabilityHost(
                Set.of(Permission.VM_READ, Permission.GUEST_EXEC, Permission.GUEST_FILES),
                Files.createDirectories(home.resolve("guests")))
            .with(WEB);
    guest = world.guestRoot(WEB);
    root = Files.createDirectories(guest.resolve("root"));
    world.answering(this::answer);
  }

  private GuestResult answer(GuestCommand command) {
    commands.add(command);
    return ShellGuests.run(guest, command);
  }

  private Map<?, ?> sync(Entry... entries) throws Exception {
    return sync(new FileSyncSettings(List.of(entries), 100, 1, 2));
  }

  private Map<?, ?> sync(FileSyncSettings settings) throws Exception {
    FakeContext context = new FakeContext("file-sync", temp, world, settings);
    lastCall = FakeCommandCall.of(FileSyncPlugin.SYNC, Map.of("vm", "web"), temp, context);
    CommandResult result = FileSyncPlugin.sync(lastCall);
    return (Map<?, ?>) result.value();
  }

  private Entry entry(String name) {
    return Entry.of(host.resolve(name).toString(), "~/" + name);
  }

  private Path file(String name, String content) throws IOException {
    Path file = host.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return Files.setLastModifiedTime(file, LONG_AGO);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static void chmod(Path path, String letters) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(letters));
  }

  @Test
  void a_file_arrives_with_its_content_its_time_and_mode_0600() throws Exception {
    chmod(file("token", "secret"), "rwxr-xr-x");

    assertThat(sync(entry("token")).toString())
        .isEqualTo("{files=1, unchanged=0, bytes=6, skipped=[]}");

    assertThat(root.resolve("token")).hasContent("secret");
    assertThat(mode(root.resolve("token"))).isEqualTo("rw-------");
    assertThat(Files.getLastModifiedTime(root.resolve("token"))).isEqualTo(LONG_AGO);
    assertThat(lastCall.stages()).containsExactly("file-sync started", "file-sync done 1 file");
  }

  @Test
  void a_file_gets_the_mode_that_was_asked_for() throws Exception {
    file("bin/tool", "#!");
    sync(entry("bin/tool").withMode("0755"));
    assertThat(mode(root.resolve("bin/tool"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(root.resolve("bin"))).isEqualTo("rwxr-xr-x");
  }

  @Test
  void directories_come_with_all_that_is_in_them_and_each_file_keeps_its_mode() throws Exception {
    chmod(file("aws/credentials", "a"), "r--r-----");
    chmod(file("aws/cli/cache/x", "b"), "rwxr-x--x");
    chmod(host.resolve("aws"), "rwx------");
    Files.createDirectories(host.resolve("aws/empty"));

    sync(entry("aws").withMode("0777"));

    assertThat(mode(root.resolve("aws"))).isEqualTo("rwx------");
    assertThat(mode(root.resolve("aws/credentials"))).isEqualTo("r--r-----");
    assertThat(mode(root.resolve("aws/cli/cache/x"))).isEqualTo("rwxr-x--x");
    assertThat(root.resolve("aws/empty")).isEmptyDirectory();
    assertThat(lastCall.stages().get(1))
        .startsWith("file-sync note file_sync[0]: ")
        .endsWith("is a directory: mode is for files, and each keeps its own");
  }

  @Test
  void what_is_unchanged_is_not_sent_again_and_what_changed_is() throws Exception {
    file("d/a", "a");
    file("d/b", "b");
    sync(entry("d"));
    commands.clear();

    assertThat(sync(entry("d")).toString())
        .isEqualTo("{files=2, unchanged=2, bytes=0, skipped=[]}");
    assertThat(commands).hasSize(1);

    Files.writeString(host.resolve("d/a"), "A");
    assertThat(sync(entry("d")).toString())
        .isEqualTo("{files=2, unchanged=1, bytes=1, skipped=[]}");
    assertThat(root.resolve("d/a")).hasContent("A");
  }

  @Test
  void what_the_guest_changed_is_put_right_and_what_it_added_stays() throws Exception {
    file("d/a", "aaa");
    sync(entry("d"));
    chmod(root.resolve("d/a"), "rwxrwxrwx");
    chmod(root.resolve("d"), "rwxrwxrwx");
    Files.writeString(root.resolve("d/own"), "mine");

    sync(entry("d"));

    assertThat(mode(root.resolve("d/a"))).isEqualTo(mode(host.resolve("d/a")));
    assertThat(mode(root.resolve("d"))).isEqualTo(mode(host.resolve("d")));
    assertThat(root.resolve("d/own")).hasContent("mine");
  }

  @Test
  void what_was_deleted_on_the_host_stays_in_the_guest() throws Exception {
    file("d/a", "a");
    Path gone = file("d/b", "b");
    sync(entry("d"));
    Files.delete(gone);
    sync(entry("d"));
    assertThat(root.resolve("d/b")).exists();
  }

  @Test
  void directories_on_the_way_that_are_there_are_left_as_they_are() throws Exception {
    file("config", "x");
    chmod(Files.createDirectory(root.resolve(".ssh")), "rwx------");
    sync(Entry.of(host.resolve("config").toString(), "~/.ssh/deep/config"));
    assertThat(mode(root.resolve(".ssh"))).isEqualTo("rwx------");
    assertThat(mode(root.resolve(".ssh/deep"))).isEqualTo("rwxr-xr-x");
  }

  @Test
  void a_missing_path_is_skipped_with_a_remark_and_the_others_come() throws Exception {
    file("there", "x");
    Files.createSymbolicLink(host.resolve("dangling"), Path.of("nowhere"));

    Map<?, ?> result = sync(entry("missing"), entry("there"), entry("dangling"));

    assertThat(result.get("skipped"))
        .isEqualTo(
            List.of(
                "file_sync[0]: " + host.resolve("missing") + " does not exist",
                "file_sync[2]: " + host.resolve("dangling") + " does not exist"));
    assertThat(root.resolve("there")).exists();
    assertThat(lastCall.stages()).contains("file-sync done 1 file, 2 skipped");
  }

  @Test
  void an_entry_that_is_a_link_is_followed() throws Exception {
    file("real/a", "a");
    Files.createSymbolicLink(host.resolve("linked"), Path.of("real"));
    sync(entry("linked"));
    assertThat(root.resolve("linked")).isDirectory();
    assertThat(root.resolve("linked/a")).isRegularFile().hasContent("a");
  }

  @Test
  void links_that_stay_inside_come_as_links_and_others_do_not() throws Exception {
    file("outside", "not meant");
    file("d/sub/a", "a");
    Files.createSymbolicLink(host.resolve("d/sub/up"), Path.of("../sub/a"));
    Files.createSymbolicLink(host.resolve("d/out"), Path.of("../outside"));
    Files.createSymbolicLink(host.resolve("d/abs"), host.resolve("d/sub/a"));
    Files.createSymbolicLink(host.resolve("d/o'k"), Path.of("sub/it's -> 'x'"));

    Map<?, ?> result = sync(entry("d"));

    assertThat(Files.readSymbolicLink(root.resolve("d/sub/up"))).hasToString("../sub/a");
    assertThat(Files.readSymbolicLink(root.resolve("d/o'k"))).hasToString("sub/it's -> 'x'");
    assertThat(root.resolve("d/out")).doesNotExist();
    assertThat(root.resolve("d/abs")).doesNotExist();
    assertThat((List<?>) result.get("skipped"))
        .isEqualTo(
            List.of(
                "file_sync[0]: "
                    + host.resolve("d/abs")
                    + " is a link that leads out of the directory",
                "file_sync[0]: "
                    + host.resolve("d/out")
                    + " is a link that leads out of the directory"));
    assertThat(sync(entry("d")).get("unchanged")).isEqualTo(3);
  }

  @Test
  void pipes_in_a_directory_are_skipped_and_as_an_entry_refused() throws Exception {
    file("d/a", "a");
    assertThat(new ProcessBuilder("mkfifo", host.resolve("d/pipe").toString()).start().waitFor())
        .isZero();
    assertThat(sync(entry("d")).get("skipped").toString())
        .endsWith("pipe is a device, a socket or a pipe]");
    assertThatThrownBy(() -> sync(entry("d/pipe")))
        .hasMessage("file_sync[0]: %s is neither a file nor a directory", host.resolve("d/pipe"));
  }

  @Test
  void what_cannot_be_read_fails_and_names_the_entry_and_the_file() throws Exception {
    // Readable for nobody, root included.
    Entry unreadable = Entry.of("/proc/sys/vm/compact_memory", "~/x");
    assertThatThrownBy(() -> sync(entry("missing"), unreadable))
        .isInstanceOf(CapabilityException.class)
        .hasMessage("file_sync[1]: cannot read /proc/sys/vm/compact_memory: permission denied");
    assertThat(commands).isEmpty();
  }

  @Test
  void names_that_are_no_text_and_names_with_newlines_come_as_they_are() throws Exception {
    Files.createDirectories(host.resolve("d"));
    String script =
        "cd \"$1\" && printf 1 > \"$(printf 'latin\\351')\" && printf 2 > 'two\nlines' && printf 3 > ' -> '"
            + " && printf 4 > -n && ln -s \"$(printf 'to\\351')\" link";
    assertThat(
            new ProcessBuilder("sh", "-c", script, "sh", host.resolve("d").toString())
                .start()
                .waitFor())
        .isZero();

    assertThat(sync(entry("d")).get("files")).isEqualTo(5);

    Process compared =
        new ProcessBuilder(
                "diff",
                "-r",
                "--no-dereference",
                host.resolve("d").toString(),
                root.resolve("d").toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(compared.getInputStream().readAllBytes(), UTF_8)).isEmpty();
    assertThat(compared.waitFor()).isZero();
    assertThat(sync(entry("d")).get("unchanged")).isEqualTo(5);
  }

  @Test
  void of_two_entries_for_one_file_the_later_wins() throws Exception {
    file("d/a", "first");
    file("other", "second!");
    sync(entry("d"), Entry.of(host.resolve("other").toString(), "~/d/a"));
    assertThat(root.resolve("d/a")).hasContent("second!");
  }

  @Test
  void a_link_that_the_guest_put_in_the_way_is_not_followed() throws Exception {
    file("aws/credentials", "secret");
    Path etc = Files.createDirectories(guest.resolve("etc"));
    Files.createSymbolicLink(root.resolve("aws"), etc);

    assertThatThrownBy(() -> sync(entry("aws")))
        .isInstanceOfSatisfying(
            CapabilityException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(FailureKind.CONFLICT);
              assertThat(e.hint()).contains("banger plugin disable file-sync");
            })
        .hasMessage(
            "VM web has a link at ~/aws, where file_sync[0] needs a directory; it is left alone");
    assertThat(etc).isEmptyDirectory();
  }

  @Test
  void a_link_in_the_place_of_a_file_is_replaced_and_its_target_left() throws Exception {
    file("aws/credentials", "secret");
    Path passwd =
        Files.writeString(Files.createDirectories(guest.resolve("etc")).resolve("passwd"), "root");
    Files.createDirectories(root.resolve("aws"));
    Files.createSymbolicLink(root.resolve("aws/credentials"), passwd);

    sync(entry("aws"));

    assertThat(passwd).hasContent("root");
    assertThat(root.resolve("aws/credentials")).isRegularFile().hasContent("secret");
    assertThat(Files.isSymbolicLink(root.resolve("aws/credentials"))).isFalse();
  }

  @Test
  void a_link_that_comes_between_the_look_and_the_move_is_not_followed() throws Exception {
    file("aws/credentials", "secret");
    Path etc = Files.createDirectories(guest.resolve("etc"));
    Files.createDirectories(root.resolve("aws"));
    AtomicInteger asked = new AtomicInteger();
    world.answering(
        command -> {
          if (asked.getAndIncrement() == 1) {
            swap(root.resolve("aws"), etc);
          }
          return ShellGuests.run(guest, command);
        });

    assertThatThrownBy(() -> sync(entry("aws")))
        .hasMessageStartingWith("VM web could not put the files in their places");
    assertThat(etc).isEmptyDirectory();
    assertThat(staging()).isEmpty();
  }

  private static void swap(Path directory, Path target) {
    try {
      Files.delete(directory);
      Files.createSymbolicLink(directory, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> staging() throws IOException {
    try (Stream<Path> in = Files.list(root)) {
      return in.filter(path -> path.getFileName().toString().startsWith(Scripts.STAGING)).toList();
    }
  }

  @Test
  void a_directory_in_the_place_of_a_file_is_left_alone() throws Exception {
    file("token", "x");
    Files.createDirectories(root.resolve("token/of-the-guest"));
    assertThatThrownBy(() -> sync(entry("token")))
        .hasMessage(
            "VM web has a directory at ~/token, where file_sync[0] needs a file; it is left alone");
  }

  @Test
  void a_guest_whose_home_is_elsewhere_gets_nothing() throws Exception {
    file("token", "x");
    Path etc = Files.createDirectories(guest.resolve("etc"));
    swap(root, etc);
    assertThatThrownBy(() -> sync(entry("token")))
        .hasMessage("VM web could not say what it has in /root (exit code 5)");
    assertThat(etc).isEmptyDirectory();
  }

  @Test
  void a_guest_that_talks_nonsense_or_without_end_is_told() throws Exception {
    file("token", "x");
    world.answering(command -> said(command, "81a4 0:0 1 1 /etc/passwd//\n"));
    assertThatThrownBy(() -> sync(entry("token")))
        .hasMessage("VM web answered nonsense when it was asked what it has in /root");
    world.answering(command -> said(command, "zz"));
    assertThatThrownBy(() -> sync(entry("token"))).hasMessageContaining("nonsense");
    world.answering(command -> said(command, "x".repeat(100_000)));
    assertThatThrownBy(() -> sync(entry("token"))).hasMessageContaining("more than it was asked");
  }

  private static GuestResult said(GuestCommand command, String text) {
    try {
      command.stdout().orElseThrow().write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new CapabilityException(FailureKind.HOST, e.getMessage());
    }
    return new GuestResult(0, "", "", false);
  }

  @Test
  void limits_name_the_entry_both_values_and_the_key() throws Exception {
    for (int i = 0; i < 4; i++) {
      file("d/" + i, "x");
    }
    file("big", "x".repeat((1 << 20) + 1));
    file("half", "x".repeat(1 << 19));
    assertThatThrownBy(() -> sync(new FileSyncSettings(List.of(entry("d")), 4, 1, 1)))
        .isInstanceOfSatisfying(
            CapabilityException.class,
            e -> assertThat(e.hint()).contains("raise max_files under [plugins.file-sync]"))
        .hasMessage(
            "file_sync[0]: with %s it is 5 files in all or more, and 4 may be copied",
            host.resolve("d"));
    assertThatThrownBy(() -> sync(new FileSyncSettings(List.of(entry("big")), 4, 1, 9)))
        .hasMessage("file_sync[0]: %s has 2 MiB, and a file may have 1", host.resolve("big"));
    assertThatThrownBy(
            () ->
                sync(
                    new FileSyncSettings(
                        List.of(entry("big"), Entry.of(host.resolve("half").toString(), "~/h")),
                        9,
                        2,
                        1)))
        .hasMessageContaining("it is 2 MiB in all or more, and 1 may be copied");
    assertThat(commands).isEmpty();
  }

  @Test
  void a_file_that_shrinks_while_it_is_copied_changes_nothing_in_the_guest() throws Exception {
    Path shrinking = file("token", "long content");
    world.answering(
        command -> {
          try {
            Files.writeString(shrinking, "short");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return ShellGuests.run(guest, command);
        });
    assertThatThrownBy(() -> sync(entry("token")))
        .hasMessage("file_sync[0]: cannot read %s: it shrank while it was copied", shrinking);
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void a_file_that_becomes_a_link_is_not_followed() throws Exception {
    Path file = file("d/token", "mine");
    Path other = file("other", "not!");
    world.answering(
        command -> {
          swap(file, other);
          return ShellGuests.run(guest, command);
        });
    assertThatThrownBy(() -> sync(entry("d"))).hasMessageStartingWith("file_sync[0]: cannot read");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void what_is_left_of_a_transfer_that_was_cut_off_goes_with_the_next_look() throws Exception {
    Files.createDirectories(root.resolve(Scripts.STAGING + "0123/t"));
    file("token", "x");
    sync(entry("token"));
    assertThat(staging()).isEmpty();
    Files.createDirectories(root.resolve(Scripts.STAGING + "4567/t"));
    assertThat(sync(entry("token")).get("unchanged")).isEqualTo(1);
    assertThat(staging()).isEmpty();
  }

  @Test
  void contents_are_in_no_argument_and_no_message() throws Exception {
    file("token", "hunter2");
    sync(entry("token"));
    assertThat(commands.toString()).doesNotContain("hunter2");
    assertThat(lastCall.stages().toString()).doesNotContain("hunter2");
  }

  @Test
  void a_stopped_vm_is_refused_with_what_to_type() throws Exception {
    world.with(WEB.in("stopped"));
    assertThatThrownBy(() -> sync(entry("x")))
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.hint()).endsWith("banger vm start web"))
        .hasMessage("VM web is stopped, and files are copied into a running one");
  }

  @Test
  void nothing_configured_asks_nothing_of_the_guest() throws Exception {
    assertThat(sync().toString()).isEqualTo("{files=0, unchanged=0, bytes=0, skipped=[]}");
    assertThat(commands).isEmpty();
  }

  @Test
  void the_check_says_how_much_there_is_what_is_missing_and_what_cannot_be_read() throws Exception {
    file("a", "x".repeat(1 << 19));
    assertThat(check(entry("a"))).isEqualTo(DoctorCheck.Outcome.ok("1 file of 1 entry, 0.5 MiB"));
    DoctorCheck.Outcome missing = check(entry("a"), entry("b"));
    assertThat(missing.status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(missing.summary())
        .endsWith("file_sync[1]: " + host.resolve("b") + " does not exist");
    assertThat(check(Entry.of("/proc/sys/vm/compact_memory", "~/x")).status())
        .isEqualTo(DoctorCheck.Status.FAIL);
  }

  private DoctorCheck.Outcome check(Entry... entries) throws Exception {
    FileSyncSettings settings = new FileSyncSettings(List.of(entries), 100, 1, 2);
    return EntriesCheck.run(new FakeContext("file-sync", temp, world, settings));
  }
}
