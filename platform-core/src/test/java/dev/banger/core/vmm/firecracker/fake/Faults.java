package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What goes wrong, read anew at each question, so that a test can change it while the program runs.
 * A file of lines, each a topic and what happens to it:
 *
 * <pre>
 * version 1.17.0            plays another version; read at the start only
 * api-socket never          or {@code late 300}: after so many milliseconds
 * answer PUT /boot-source 503   or 400, garbage, half, huge, never, close; {@code *} for any path
 * exit launch 1             before anything; {@code start}: when told to start; {@code now}: soon
 *                           a code, or KILL; {@code start} ends unanswered, {@code started} after
 * guest none                the processors run, and nothing else
 * connect eof               or partial, early-bytes, no-newline, flood, silent, each maybe with a
 *                           number: of connections to which it happens
 * ctrl-alt-del ignored      or halts: the guest is down then, and nobody notices
 * vsock dies-after-resume
 * agent PATH                of the Unix socket behind the guest's port 1024
 * taps any                  a device that the host does not have is good enough
 * </pre>
 */
final class Faults {
  private final Path file;

  Faults(Path file) {
    this.file = file;
  }

  /** What follows the topic, if there is such a line. */
  Optional<String> of(String topic) {
    return Optional.ofNullable(lines().get(topic));
  }

  boolean is(String topic, String what) {
    return of(topic).filter(what::equals).isPresent();
  }

  private Map<String, String> lines() {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      return Map.of(); // the test is over and has taken it away
    }
    Map<String, String> found = new HashMap<>();
    for (String line : lines) {
      int end = line.lastIndexOf(' ');
      int first = line.indexOf(' ');
      boolean two = line.startsWith("answer ") || line.startsWith("exit ");
      found.put(line.substring(0, two ? end : first), line.substring(two ? end + 1 : first + 1));
    }
    return found;
  }
}
