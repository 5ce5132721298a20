package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import dev.banger.protocol.GuestMessage;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Tells the guest who and where it is. May be repeated; the last one counts. */
final class Bootstrapper {
  private static final long NETWORK_SECONDS = 20;
  private static final long GROW_SECONDS = 120;
  private static final long SECTOR = 512;
  private static final long CARD_MILLIS = 5_000;
  private static final long PAUSE_MILLIS = 20;
  private static final String NETWORK_SCRIPT =
      "b=$0; \"$b\" ip link set lo up; \"$b\" ip link set \"$1\" up || exit;"
          + " \"$b\" ip addr replace \"$2\" dev \"$1\" || exit;"
          + " [ -z \"$3\" ] || \"$b\" ip route replace default via \"$3\" dev \"$1\"";

  private final Surroundings surroundings;

  Bootstrapper(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Exists once this boot has been told; under /run, which a boot starts empty. */
  static Path mark(Surroundings surroundings) {
    return surroundings.file("/run/banger/bootstrapped");
  }

  void run(GuestMessage.Bootstrap request)
      throws IOException, InterruptedException, RequestException {
    new Clock(surroundings).set(request.clockMicros());
    hostname(request.hostname());
    if (!request.addressCidr().isEmpty()) {
      network(request.addressCidr(), request.gateway());
    }
    if (!request.nameservers().isEmpty()) {
      nameservers(request.nameservers());
    }
    if (request.growRoot()) {
      growRoot();
    }
    Path mark = mark(surroundings);
    Files.createDirectories(mark.getParent());
    Files.writeString(mark, "");
  }

  private void hostname(String name) throws IOException, RequestException {
    if (!isName(name)) {
      throw new RequestException(FailureKind.INVALID, "not a host name: " + name);
    }
    // The file first: an init that starts just now reads it and then sets the kernel's.
    Path file = surroundings.file("/etc/hostname");
    if (!Files.isRegularFile(file) || !name.equals(Files.readString(file).strip())) {
      replace(file, name + "\n");
    }
    Files.writeString(surroundings.file("/proc/sys/kernel/hostname"), name);
  }

  private static boolean isName(String name) {
    boolean good = !name.isEmpty() && name.length() <= 63;
    for (int i = 0; i < name.length(); i++) {
      good &= "abcdefghijklmnopqrstuvwxyz0123456789-".indexOf(name.charAt(i)) >= 0;
    }
    return good;
  }

  private void network(String address, String gateway)
      throws IOException, InterruptedException, RequestException {
    if (initDid(address, gateway)) {
      return;
    }
    String card = awaitCard();
    if (card == null) {
      throw new RequestException(FailureKind.FAILED, "the guest has no network card");
    }
    Tool.check(
        NETWORK_SECONDS,
        List.of(
            surroundings.busybox(),
            "sh",
            "-c",
            NETWORK_SCRIPT,
            surroundings.busybox(),
            card,
            address,
            gateway));
  }

  /**
   * Whether the initramfs has set this address already, while the agent was starting. Counts once:
   * the guest may have changed it since.
   */
  private boolean initDid(String address, String gateway) throws IOException {
    Path done = surroundings.file("/run/banger/network");
    if (!Files.exists(done)) {
      return false;
    }
    boolean same = Files.readString(done).strip().equals((address + " " + gateway).strip());
    Files.delete(done);
    return same;
  }

  /** Its driver may be loaded only after the agent was started. */
  private static String awaitCard() throws InterruptedException {
    String card = firstCard();
    for (long waited = 0; card == null && waited < CARD_MILLIS; waited += PAUSE_MILLIS) {
      Thread.sleep(PAUSE_MILLIS);
      card = firstCard();
    }
    return card;
  }

  /** A card has a device behind it; bridges, tunnels and the loopback have none. */
  private static String firstCard() {
    String[] names = Path.of("/sys/class/net").toFile().list();
    String first = null;
    if (names != null) {
      for (String name : names) {
        boolean card = Files.exists(Path.of("/sys/class/net", name, "device"));
        if (card && (first == null || name.compareTo(first) < 0)) {
          first = name;
        }
      }
    }
    return first;
  }

  private void nameservers(List<String> servers) throws IOException {
    StringBuilder text = new StringBuilder("# written by banger at boot\n");
    for (String server : servers) {
      text.append("nameserver ").append(server.replace('\n', ' ')).append('\n');
    }
    Path file = surroundings.file("/etc/resolv.conf");
    boolean plain = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    if (!plain || !Files.readString(file).contentEquals(text)) {
      replace(file, text.toString());
    }
  }

  /** Replaces a link, too: it may point to nowhere yet. */
  private static void replace(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling("." + file.getFileName() + ".banger");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  // A root that stays small is better than a guest that does not come up.
  private void growRoot() throws IOException, InterruptedException {
    String resize2fs = surroundings.tool("resize2fs");
    Path size = Path.of("/sys/class/block/vda/size");
    if (resize2fs == null || !Files.exists(size)) {
      return;
    }
    long disk = Long.parseLong(Files.readString(size).strip()) * SECTOR;
    FileStore store = Files.getFileStore(surroundings.root());
    if (store.getTotalSpace() > disk / 10 * 9) {
      return;
    }
    List<String> line = new ArrayList<>(List.of(resize2fs, "/dev/vda"));
    Tool.Outcome outcome = Tool.run(GROW_SECONDS, line);
    if (outcome.code() != 0) {
      Log.line("resize2fs: " + outcome.output());
    }
  }
}
