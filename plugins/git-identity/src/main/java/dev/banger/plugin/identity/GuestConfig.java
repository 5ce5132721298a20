package dev.banger.plugin.identity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import java.io.ByteArrayInputStream;
import java.time.Duration;

/**
 * A configuration file of git in a guest, which need not have git: it is read, and written as a
 * whole, with a shell and what every system has. Content goes by streams, never by arguments.
 */
final class GuestConfig {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int LONGEST = 1 << 20;
  private static final int NO_DIRECTORY = 3;
  private static final int NO_FILE = 4;
  private static final int CUT_OFF = 5;

  /**
   * {@code $1} the directory, {@code $2} the file in it, {@code $3} whether links are followed. The
   * directory is the working directory from here on, so that nobody puts another in its place.
   */
  private static final String LOCATE =
      """
      cd -P "$1" 2>/dev/null || exit 3
      file=$2
      if [ "$3" = refuse ]; then
        [ "$(pwd -P)" = "$1" ] && [ ! -L "$file" ] || exit 4
      elif [ -L "$file" ]; then
        file=$(readlink -f "$file") || exit 4
      fi
      [ -f "$file" ] || [ ! -e "$file" ] || exit 4
      """;

  private static final String READ = LOCATE + "[ ! -e \"$file\" ] || cat \"$file\"\n";

  /**
   * {@code $4} how many bytes come on standard input: when the host goes away meanwhile, what there
   * is so far must not become the file. Owner and mode of a file that is there stay.
   */
  private static final String WRITE =
      LOCATE
          + """
          umask 022
          new=$file.banger-$$
          trap 'rm -f "$new"' EXIT
          rm -f "$new"
          [ ! -e "$file" ] || cp -p "$file" "$new" || exit 1
          cat >"$new" || exit 1
          [ $(($(wc -c <"$new"))) -eq "$4" ] || exit 5
          mv -f "$new" "$file"
          """;

  private final CapabilityHost host;
  private final VmView vm;
  private final String directory;
  private final String name;
  private final boolean followsLinks;

  private GuestConfig(
      CapabilityHost host, VmView vm, String directory, String name, boolean followsLinks) {
    this.host = host;
    this.vm = vm;
    this.directory = directory;
    this.name = name;
    this.followsLinks = followsLinks;
  }

  /** That of the guest's root, who may keep it elsewhere and have a link to it. */
  static GuestConfig global(CapabilityHost host, VmView vm) {
    return new GuestConfig(host, vm, "/root", ".gitconfig", true);
  }

  /**
   * That of a repository. A link on the way to it was put there by somebody in the guest, and is
   * refused.
   *
   * @param checkout absolute
   */
  static GuestConfig of(CapabilityHost host, VmView vm, String checkout) {
    return new GuestConfig(host, vm, checkout + "/.git", "config", false);
  }

  String path() {
    return directory + "/" + name;
  }

  /** Empty when there is no such file. */
  private String read() throws InterruptedException {
    BoundedOutput out = new BoundedOutput(LONGEST);
    try {
      insist(host.exec(vm, command("read", READ, "").withStdout(out)));
    } catch (CapabilityException e) {
      throw out.isFull() ? tooLarge() : e;
    }
    if (out.isFull()) {
      throw tooLarge();
    }
    return out.text(ISO_8859_1);
  }

  /** In one step: nobody sees half of it. */
  void write(String text) throws InterruptedException {
    byte[] bytes = text.getBytes(ISO_8859_1);
    insist(
        host.exec(
            vm,
            command("write", WRITE, Integer.toString(bytes.length))
                .withStdin(new ByteArrayInputStream(bytes))));
  }

  private GuestCommand command(String what, String script, String size) {
    return GuestCommand.of(
            LIMIT,
            "/bin/sh",
            "-c",
            script,
            what,
            directory,
            name,
            followsLinks ? "follow" : "refuse",
            size)
        .in("/");
  }

  private void insist(GuestResult result) {
    if (result.exitCode() == 0) {
      return;
    }
    String why =
        switch (result.exitCode()) {
          case NO_DIRECTORY -> "there is no directory " + directory;
          case NO_FILE ->
              followsLinks
                  ? "it is not a file, or leads to none"
                  : "it, or what leads to it, is a link";
          case CUT_OFF -> "not all of it arrived";
          default -> lastLine(result.stderr());
        };
    throw new CapabilityException(
        FailureKind.GUEST, "%s in VM %s was left as it is: %s".formatted(path(), vm.name(), why));
  }

  private CapabilityException tooLarge() {
    return new CapabilityException(
        FailureKind.GUEST,
        "%s in VM %s was left as it is: it is larger than %d MiB"
            .formatted(path(), vm.name(), LONGEST >> 20));
  }

  private static String lastLine(String text) {
    String line = text.strip().lines().reduce((_, last) -> last).orElse("it said nothing");
    return line.substring(0, Math.min(200, line.length()));
  }

  /** What there is, to be changed. */
  ConfigText parsed() throws InterruptedException {
    try {
      return ConfigText.parse(read());
    } catch (MalformedConfig e) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "%s in VM %s was left as it is: %s".formatted(path(), vm.name(), e.getMessage()),
          "banger vm exec %s -- cat %s".formatted(vm.name(), path()),
          e);
    }
  }
}
