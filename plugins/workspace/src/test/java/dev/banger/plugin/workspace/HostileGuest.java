package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A host, and a guest that sends what it likes. */
final class HostileGuest {
  private static final List<String> KINDS = List.of("patch", "branch", "files");

  final Path temp;
  final Workbench bench;
  private int turn;

  HostileGuest(Path temp) throws Exception {
    this.temp = temp;
    bench = new Workbench(temp);
    bench.prepare();
  }

  interface Sender {
    void send(OutputStream out) throws IOException;
  }

  /** A guest without git whose tar sends this. */
  void sendingTar(Sender sender) {
    bench.lying(
        command ->
            command.argv().get(2).contains("pack-objects") ? exit(67) : say(command, sender));
  }

  /** A guest whose git sends this. */
  void sendingPack(Sender sender) {
    bench.lying(command -> say(command, sender));
  }

  static GuestResult exit(int code) {
    return new GuestResult(code, "", "", false);
  }

  /** Whoever does not listen asks for something else, and gets it. */
  private static GuestResult say(GuestCommand command, Sender sender) {
    if (command.stdout().isEmpty()) {
      return null;
    }
    try {
      sender.send(command.stdout().orElseThrow());
      return exit(0);
    } catch (IOException e) {
      throw new CapabilityException(FailureKind.GUEST, "nobody listens to the guest", "", e);
    }
  }

  /** Every file of the test's, with its content; what is the guest's apart. */
  private Map<Path, String> everything() throws IOException {
    Map<Path, String> all = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(temp)) {
      for (Path path : walk.toList()) {
        if (!path.startsWith(temp.resolve("guests")) && !path.startsWith(temp.resolve("data"))) {
          all.put(
              path,
              Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                  ? Files.readString(path, ISO_8859_1)
                  : "");
        }
      }
    }
    return all;
  }

  /**
   * Refused in words that could not harm a terminal, and nothing changed anywhere. What it was to
   * become counts only after that, so that each case takes the next kind in turn.
   */
  void isRefused(String... words) throws Exception {
    isRefused(KINDS.get(turn++ % KINDS.size()), words);
  }

  void isRefusedInEachKind(String... words) throws Exception {
    for (String kind : KINDS) {
      isRefused(kind, words);
    }
  }

  private void isRefused(String kind, String... words) throws Exception {
    Map<Path, String> before = everything();
    assertThatThrownBy(() -> bench.export("as", kind, "max-size", "64MiB"))
        .as(kind)
        .isInstanceOf(CapabilityException.class)
        .hasMessageContainingAll(words)
        .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(c -> c < ' ' || c == 0x202e));
    assertThat(everything()).as(kind).isEqualTo(before);
    bench.requireNothingLeft();
  }
}
