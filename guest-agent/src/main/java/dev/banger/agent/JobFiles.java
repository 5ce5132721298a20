package dev.banger.agent;

import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import dev.banger.protocol.Protocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where things of one job are. What is on the disk may have been cut short by a crash of the guest,
 * or be somebody's forgery: whatever makes no sense is as good as not there.
 *
 * @param directory on the guest's disk: what outlives the boot
 * @param fifos in memory: what does not
 */
record JobFiles(String id, Path directory, Path fifos) {
  private static final String DISK = "/var/lib/banger/jobs";
  private static final String MEMORY = "/run/banger/jobs";
  private static final int SHORT = 4 * 1024;
  private static final int LONGEST_ID = 63;

  /** More than any job of ours leaves. */
  private static final int MOST_ENTRIES = 4 * 1024;

  /**
   * @param boot the kernel's boot id
   */
  record Birth(String boot, long startedMicros, GuestMessage.JobStart spec) {}

  /**
   * @param pid 0 for none
   * @param ticks when it started, in the kernel's own measure
   */
  record Leader(long pid, String ticks) {
    static final Leader NONE = new Leader(0, "");
  }

  record End(int code, long micros) {}

  static JobFiles of(Surroundings surroundings, String id) {
    return new JobFiles(
        id, surroundings.file(DISK).resolve(id), surroundings.file(MEMORY).resolve(id));
  }

  static boolean isId(String id) {
    boolean good = !id.isEmpty() && id.length() <= LONGEST_ID && id.charAt(0) != '-';
    for (int i = 0; i < id.length(); i++) {
      good &= "abcdefghijklmnopqrstuvwxyz0123456789-".indexOf(id.charAt(i)) >= 0;
    }
    return good;
  }

  /** Whether an agent of this boot has had jobs. */
  static boolean areThere(Surroundings surroundings) {
    return Files.isDirectory(surroundings.file(MEMORY));
  }

  /** The ids of all jobs there seem to be. */
  static List<String> ids(Surroundings surroundings) {
    List<String> ids = new ArrayList<>();
    for (Path path : entries(surroundings.file(DISK))) {
      String name = path.getFileName().toString();
      if (isId(name) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        ids.add(name);
      }
    }
    return ids;
  }

  static List<Path> entries(Path directory) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path path : entries) {
        if (found.size() == MOST_ENTRIES) {
          break;
        }
        found.add(path);
      }
    } catch (IOException | RuntimeException e) {
      // What cannot be listed holds nothing for us.
    }
    return found;
  }

  /** Makes both directories, and the FIFOs of those names. */
  void create(Birth birth, List<String> names) throws IOException {
    Path parent = directory.getParent();
    var ours = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(parent.getParent());
    Files.createDirectories(parent, ours);
    Files.createDirectories(fifos.getParent().getParent());
    Files.createDirectories(fifos.getParent(), ours);
    remove(fifos);
    Path fresh = parent.resolve(".new-" + id);
    remove(fresh);
    Files.createDirectory(fresh, ours);
    Files.write(fresh.resolve("job"), encode(birth.spec()));
    Files.writeString(fresh.resolve("born"), birth.boot() + " " + birth.startedMicros() + "\n");
    Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
    Files.createDirectory(fifos, ours);
    for (String name : names) {
      JobCalls.makeFifo(fifos.resolve(name));
    }
  }

  /** Values of variables may be secret, so they are not kept. */
  private static byte[] encode(GuestMessage.JobStart spec) throws IOException {
    Map<String, String> names = new HashMap<>();
    for (String name : spec.env().keySet()) {
      names.put(name, "");
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    MessageCodec.write(
        bytes,
        new GuestMessage.JobStart(
            spec.id(),
            spec.command(),
            spec.cwd(),
            names,
            spec.tty(),
            spec.rows(),
            spec.columns(),
            spec.keepBytes(),
            spec.waits()));
    return bytes.toByteArray();
  }

  /** Null when there is none that makes sense. */
  Birth birth() {
    try {
      byte[] job = bytes(directory.resolve("job"), Protocol.MAX_MESSAGE + Integer.BYTES);
      String[] born = text(directory.resolve("born")).split(" ");
      if (MessageCodec.read(new ByteArrayInputStream(job)) instanceof GuestMessage.JobStart spec
          && spec.id().equals(id)
          && !spec.command().isEmpty()
          && spec.keepBytes() >= JobStream.LEAST_KEPT
          && spec.keepBytes() <= JobStream.MOST_KEPT
          && born.length == 2) {
        return new Birth(born[0], Math.max(0, Long.parseLong(born[1])), spec);
      }
    } catch (IOException | RuntimeException e) {
      // As below.
    }
    return null;
  }

  Leader leader() {
    return leader(directory.resolve("pid"));
  }

  /** From a line as that of /proc/PID/stat; fields are counted behind the name. */
  static Leader leader(Path stat) {
    try {
      String line = text(stat);
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      long pid = Integer.parseInt(line.substring(0, line.indexOf(' ')));
      return pid > 1 ? new Leader(pid, fields[19]) : Leader.NONE;
    } catch (IOException | RuntimeException e) {
      return Leader.NONE;
    }
  }

  /** What the command came to, or -1. */
  int exitCode() {
    try {
      int code = Integer.parseInt(text(directory.resolve("exit")));
      return code < 0 || code > 255 ? -1 : code;
    } catch (IOException | RuntimeException e) {
      return -1;
    }
  }

  long exitMicros() {
    try {
      return Files.getLastModifiedTime(directory.resolve("exit")).toMillis() * 1000;
    } catch (IOException e) {
      return 0;
    }
  }

  void markEnded(End end) throws IOException {
    replace("ended", end.code() + " " + end.micros() + "\n");
  }

  /** Null while it has not. */
  End end() {
    try {
      String[] words = text(directory.resolve("ended")).split(" ");
      int code = Integer.parseInt(words[0]);
      long micros = Long.parseLong(words[1]);
      return code < -1 || code > 255 || micros < 0 ? null : new End(code, micros);
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  void markInputEnded() throws IOException {
    replace("input-ended", "");
  }

  boolean isInputEnded() {
    return Files.exists(directory.resolve("input-ended"));
  }

  Path fifo(String name) {
    return fifos.resolve(name);
  }

  private void replace(String name, String content) throws IOException {
    Path fresh = directory.resolve(name + ".new");
    Files.writeString(fresh, content);
    Files.move(
        fresh,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  void removeFifos() {
    remove(fifos);
  }

  /** The disk's part first goes out of sight: half a job must not come back. */
  void removeAll() throws IOException {
    removeFifos();
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Path gone = directory.resolveSibling(".gone-" + id);
      remove(gone);
      Files.move(directory, gone, StandardCopyOption.ATOMIC_MOVE);
      remove(gone);
    }
  }

  private static void remove(Path directory) {
    try {
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        for (Path path : entries(directory)) {
          Files.deleteIfExists(path);
        }
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      Log.line("cannot remove " + directory + ": " + e);
    }
  }

  static String text(Path file) throws IOException {
    return new String(bytes(file, SHORT), StandardCharsets.UTF_8).strip();
  }

  private static byte[] bytes(Path file, int most) throws IOException {
    if (!Files.isRegularFile(file) && !file.startsWith("/proc")) {
      throw new IOException(file + " is not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    }
  }
}
