package dev.banger.agent;

import dev.banger.protocol.GuestMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How the guest is, from /proc. */
final class HealthReader {
  private final Surroundings surroundings;
  private final Init init;

  HealthReader(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.init = new Init(surroundings);
  }

  GuestMessage.HealthReport read() throws IOException, InterruptedException {
    String memory = Files.readString(Path.of("/proc/meminfo"));
    return new GuestMessage.HealthReport(
        thousandths("/proc/uptime"),
        thousandths("/proc/loadavg"),
        kibibytes(memory, "MemTotal:"),
        kibibytes(memory, "MemAvailable:"),
        Files.exists(Bootstrapper.mark(surroundings)),
        init.isDone());
  }

  private static long thousandths(String file) throws IOException {
    String text = Files.readString(Path.of(file));
    return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1000);
  }

  static long kibibytes(String memory, String name) {
    for (String line : memory.split("\n")) {
      if (line.startsWith(name)) {
        String[] words = line.substring(name.length()).strip().split(" ");
        return Long.parseLong(words[0]);
      }
    }
    return 0;
  }
}
