package dev.banger.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.disk.FakeCommands;
import dev.banger.core.host.Commands.Call;
import dev.banger.core.host.Commands.Result;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both importers over pretended tools: what they leave behind, and when they say what. */
class ImportersTest {
  private static final Result FAILED = new Result(1, "", "it broke\n");

  @TempDir Path dir;
  private final FakeApt archive = new FakeApt();
  private final List<String> stages = new ArrayList<>();
  private final Progress progress =
      (stage, status, message) -> {
        stages.add((stage + " " + status + " " + message).strip());
      };

  @Test
  void theTinyImageGoesThroughItsStagesAndIsRegistered() throws Exception {
    Image image = tiny(new FakeCommands(this::works)).run("tiny", progress);

    assertThat(image.kernelVersion()).isEqualTo(FakeApt.VERSION);
    assertThat(image.diskMiB()).isEqualTo(8192);
    assertThat(image.kernel()).hasContent("kernel");
    assertThat(image.rootfs()).hasContent("file system");
    assertThat(image.initrd()).exists();
    assertThat(stages)
        .containsExactly(
            "download_kernel started",
            "download_kernel done " + FakeApt.VERSION,
            "build_rootfs started",
            "build_rootfs done",
            "make_filesystem started",
            "make_filesystem done",
            "build_initramfs started",
            "build_initramfs done",
            "register started",
            "register done");
    assertOnlyImages("tiny");
  }

  @Test
  void theDebianImageGoesThroughTheSameStages() throws Exception {
    Image image = debian(new FakeCommands(this::works)).run(request("debian"), progress);

    assertThat(image.description()).isEqualTo("Debian bookworm, kernel " + FakeApt.VERSION);
    assertThat(stages).hasSize(10).endsWith("register started", "register done");
    assertOnlyImages("debian");
  }

  @Test
  void aToolThatFailsEndsTheStageAndLeavesNothing() {
    for (String broken : List.of("dpkg-deb", "mkfs.ext4", "debugfs", "du")) {
      stages.clear();
      var commands = new FakeCommands(call -> isFor(call, broken) ? FAILED : works(call));
      assertThatThrownBy(() -> tiny(commands).run("tiny", progress))
          .isInstanceOf(BangerException.class);
      assertThat(stages.getLast()).as(broken).endsWith(" failed");
      assertOnlyImages();
    }
    for (String broken : List.of("mmdebstrap", "sh", "mkfs.ext4")) {
      stages.clear();
      var commands = new FakeCommands(call -> isFor(call, broken) ? FAILED : works(call));
      assertThatThrownBy(() -> debian(commands).run(request("debian"), progress))
          .isInstanceOf(BangerException.class)
          .satisfies(
              e -> assertThat(((BangerException) e).details()).as(broken).contains("it broke"));
      assertThat(stages.getLast()).as(broken).endsWith(" failed");
      assertOnlyImages();
    }
  }

  @Test
  void anInterruptEndsAnImportAtAnyToolAndLeavesNothing() {
    for (String slow : List.of("apt-get", "mkfs.ext4", "du")) {
      var commands = new FakeCommands(call -> interruptIf(isFor(call, slow), call));
      assertThatThrownBy(() -> tiny(commands).run("tiny", progress))
          .as(slow)
          .isInstanceOf(InterruptedException.class);
      assertOnlyImages();
    }
    for (String slow : List.of("mmdebstrap", "sh")) {
      var commands = new FakeCommands(call -> interruptIf(isFor(call, slow), call));
      assertThatThrownBy(() -> debian(commands).run(request("debian"), progress))
          .as(slow)
          .isInstanceOf(InterruptedException.class);
      assertOnlyImages();
    }
  }

  @Test
  void mmdebstrapGetsTheHostsSourcesItsProxyAndTheExtraPackages() throws Exception {
    AtomicReference<List<String>> argv = new AtomicReference<>();
    AtomicReference<String> sources = new AtomicReference<>();
    var commands =
        new FakeCommands(
            call -> {
              if (isFor(call, "mmdebstrap")) {
                argv.set(call.argv());
                sources.set(text(call));
              }
              return works(call);
            });
    debian(commands)
        .run(
            new DebianImporter.Request(
                "debian", Optional.of("bookworm"), List.of("make"), Optional.empty()),
            progress);

    assertThat(argv.get())
        .contains("--aptopt=Acquire::http::Proxy \"http://proxy.example:3128\"")
        .anyMatch(each -> each.startsWith("--include=") && each.endsWith(",make"))
        .endsWith("-");
    assertThat(sources.get()).isEqualTo("deb http://mirror.example/debian/ bookworm main\n");
    assertThat(archive.updated()).as("the host's own lists do").isFalse();
  }

  @Test
  void aSuiteTheHostDoesNotKnowNeedsAMirror() throws Exception {
    var trixie =
        new DebianImporter.Request("debian", Optional.of("trixie"), List.of(), Optional.empty());
    assertThatThrownBy(() -> debian(new FakeCommands(this::works)).run(trixie, progress))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.hint()).contains("--mirror");
            })
        .hasMessageContaining("trixie");
    assertOnlyImages();

    var mirrored =
        new DebianImporter.Request(
            "debian",
            Optional.of("trixie"),
            List.of(),
            Optional.of("https://mirror.example/debian"));
    debian(new FakeCommands(this::works)).run(mirrored, progress);
    assertThat(archive.updated()).as("the mirror's kernel is asked for").isTrue();
    assertOnlyImages("debian");
  }

  @Test
  void aTakenNameOddWordsAndMissingToolsAreRefusedBeforeAnyCommandRuns() throws Exception {
    tiny(new FakeCommands(this::works)).run("taken", progress);
    var commands = new FakeCommands(this::works);

    assertKind(ErrorKind.CONFLICT, () -> tiny(commands).run("taken", progress));
    assertKind(ErrorKind.CONFLICT, () -> debian(commands).run(request("taken"), progress));
    assertKind(ErrorKind.INVALID, () -> tiny(commands).run("../up", progress));
    assertKind(
        ErrorKind.INVALID,
        () ->
            debian(commands)
                .run(
                    new DebianImporter.Request(
                        "debian", Optional.empty(), List.of("-oX=y"), Optional.empty()),
                    progress));
    commands.without("mkfs.ext4").without("depmod");
    assertThatThrownBy(() -> tiny(commands).run("tiny", progress))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> assertThat(e.hint()).isEqualTo("sudo apt-get install e2fsprogs kmod"))
        .hasMessageContaining("mkfs.ext4")
        .hasMessageContaining("depmod");
    assertThat(commands.calls()).isEmpty();
  }

  private TinyImporter tiny(FakeCommands commands) {
    return new TinyImporter(
        withBusybox(commands), registry(commands), builder(commands), images(), cache());
  }

  private DebianImporter debian(FakeCommands commands) {
    return new DebianImporter(
        withBusybox(commands), registry(commands), builder(commands), images(), cache());
  }

  private static DebianImporter.Request request(String name) {
    return new DebianImporter.Request(name, Optional.of("bookworm"), List.of(), Optional.empty());
  }

  /** Every tool does as little as it can for an import to get through. */
  private Result works(Call call) {
    if (isFor(call, "busybox")) {
      return new Result(0, "bin/sh\nsbin/init\n", "");
    }
    if (isFor(call, "du")) {
      return new Result(0, "7\timage\n", "");
    }
    if (isFor(call, "apt-config")) {
      return new Result(0, "Acquire::http::Proxy \"http://proxy.example:3128\";\n", "");
    }
    if (call.argv().contains("indextargets")) {
      return new Result(0, "http://mirror.example/debian/|bookworm|bookworm|main|Debian\n", "");
    }
    if (isFor(call, "mkfs.ext4")) {
      write(Path.of(call.argv().get(call.argv().size() - 2)), "file system");
      return FakeCommands.OK;
    }
    return archive.answer(call);
  }

  private Result interruptIf(boolean now, Call call) throws InterruptedException {
    if (now) {
      throw new InterruptedException();
    }
    return works(call);
  }

  /** Whether a call is to a tool, directly or in a namespace. */
  private static boolean isFor(Call call, String tool) {
    List<String> argv = call.argv();
    int command = 0;
    if (argv.getFirst().equals("unshare")) {
      command = 1;
      while (argv.get(command).startsWith("--")) {
        command++;
      }
    }
    return Path.of(argv.get(command)).getFileName().toString().equals(tool);
  }

  private FakeCommands withBusybox(FakeCommands commands) {
    try {
      commands.with("busybox", TinyElf.linkedStatically(dir.resolve("busybox")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return commands;
  }

  private ImageRegistry registry(FakeCommands commands) {
    return new ImageRegistry(commands, images());
  }

  private static InitramfsBuilder builder(FakeCommands commands) {
    return new InitramfsBuilder(commands, () -> "init".getBytes(StandardCharsets.UTF_8));
  }

  private Path images() {
    return dir.resolve("images");
  }

  private Path cache() {
    return dir.resolve("kernels");
  }

  private void assertOnlyImages(String... names) {
    assertThat(images().toFile().list()).containsExactlyInAnyOrder(names);
  }

  private static void write(Path file, String content) {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Call call) {
    try {
      return new String(call.stdin().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertKind(ErrorKind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(BangerException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }
}
