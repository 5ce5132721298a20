package dev.banger.plugin.filesync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.VmView;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a guest has at the paths of a plan, asked for all at once. */
final class Listing {
  private static final Pattern LINE =
      Pattern.compile(
          "([0-9a-f]{1,8}) (\\d{1,10}:\\d{1,10}) (\\d{1,19}) (-?\\d{1,19}) (.*)", Pattern.DOTALL);
  private static final int TYPE = 0170000;

  /** Numbers of a line, and a link's target. */
  private static final int MORE_PER_LINE = 4096 + 128;

  /**
   * @param mode with the bits for the type
   * @param owner {@code USER:GROUP}
   * @param target of a link; otherwise empty
   */
  record Seen(int mode, String owner, long size, long seconds, String target) {
    boolean isFile() {
      return (mode & TYPE) == 0100000;
    }

    boolean isDirectory() {
      return (mode & TYPE) == 0040000;
    }

    boolean isLink() {
      return (mode & TYPE) == 0120000;
    }

    /** With setuid, setgid and sticky bits. */
    int bits() {
      return mode & 07777;
    }
  }

  private Listing() {}

  /**
   * @param paths below {@code /root}
   * @return what is there; a path where nothing is has none
   */
  static Map<String, Seen> of(
      CapabilityHost host, VmView vm, Collection<String> paths, Duration deadline)
      throws InterruptedException {
    Limited answer =
        new Limited(paths.stream().mapToLong(path -> 2L * path.length() + MORE_PER_LINE).sum());
    GuestCommand command =
        GuestCommand.of(
                deadline, Scripts.BUSYBOX, "sh", "-c", Scripts.LIST, Scripts.BUSYBOX, Scripts.ROOT)
            .in("/")
            .withStdin(
                new ByteArrayInputStream((String.join("\0", paths) + "\0").getBytes(ISO_8859_1)))
            .withStdout(answer);
    GuestResult result = host.exec(vm, command);
    if (result.exitCode() != 0) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "VM %s could not say what it has in /root (exit code %d)"
              .formatted(vm.name(), result.exitCode()),
          "look there: banger vm exec %s -- ls -la /root".formatted(vm.name()));
    }
    return parsed(vm, paths, answer.kept.toString(ISO_8859_1));
  }

  private static Map<String, Seen> parsed(VmView vm, Collection<String> paths, String answer) {
    Map<String, Seen> seen = new HashMap<>();
    Iterator<String> expected = paths.iterator();
    for (String line : answer.isEmpty() ? List.<String>of() : List.of(answer.split(Scripts.END))) {
      Matcher fields = LINE.matcher(line);
      if (!fields.matches()) {
        throw nonsense(vm);
      }
      String name = fields.group(5);
      // They come in the order in which they were asked for; those that are not there, do not.
      String path = expected.hasNext() ? expected.next() : "";
      while (!name.equals(path) && !name.startsWith("'" + path + "' -> '") && expected.hasNext()) {
        path = expected.next();
      }
      seen.put(path, seen(vm, fields, name, path));
    }
    return seen;
  }

  private static Seen seen(VmView vm, Matcher fields, String name, String path) {
    String target = "";
    if (!name.equals(path)) {
      String before = "'" + path + "' -> '";
      if (!name.startsWith(before) || !name.endsWith("'")) {
        throw nonsense(vm);
      }
      target = name.substring(before.length(), name.length() - 1);
    }
    try {
      return new Seen(
          Integer.parseInt(fields.group(1), 16),
          fields.group(2),
          Long.parseLong(fields.group(3)),
          Long.parseLong(fields.group(4)),
          target);
    } catch (NumberFormatException e) {
      throw nonsense(vm);
    }
  }

  private static CapabilityException nonsense(VmView vm) {
    return new CapabilityException(
        FailureKind.GUEST,
        "VM %s answered nonsense when it was asked what it has in /root".formatted(vm.name()),
        "try again: banger vm sync " + vm.name());
  }

  /** As much as an honest guest has to say. */
  private static final class Limited extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final long most;

    Limited(long most) {
      this.most = most;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      if (kept.size() + (long) count > most) {
        throw new IOException("the guest lists more than it was asked for");
      }
      kept.write(bytes, from, count);
    }
  }
}
