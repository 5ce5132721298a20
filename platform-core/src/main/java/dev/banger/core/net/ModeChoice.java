package dev.banger.core.net;

import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.net.BridgeSite.Obstacle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Whether VMs are put on a bridge or are in user mode, and why. Thread-safe. */
final class ModeChoice {
  private static final String BRIDGE = "bridge";
  private static final Path TUN = Path.of("/dev/net/tun");

  /** How VMs are put on the network by this daemon, and why. */
  private record Choice(String mode, String reason) {}

  /** Makes a device of no one, to see whether that can be done. */
  @FunctionalInterface
  interface Trial {
    /** Why it cannot. */
    Optional<String> run() throws InterruptedException;
  }

  private final NetworkSettings settings;
  private final IpTool ip;
  private final BridgeSite site;
  private final Trial trial;
  private final Object choosing = new Object();
  private CompletableFuture<Choice> choice;

  ModeChoice(NetworkSettings settings, IpTool ip, BridgeSite site, Trial trial) {
    this.settings = settings;
    this.ip = ip;
    this.site = site;
    this.trial = trial;
  }

  /** Decided once, on a thread of its own: whoever asks first may be interrupted. */
  private Choice choice() {
    CompletableFuture<Choice> made;
    synchronized (choosing) {
      if (choice == null) {
        choice =
            CompletableFuture.supplyAsync(
                this::choose, work -> Thread.ofVirtual().name("network-mode").start(work));
      }
      made = choice;
    }
    return made.join();
  }

  private Choice choose() {
    return switch (settings.mode()) {
      case "user" -> new Choice("user", "network.mode says so");
      case BRIDGE -> new Choice(BRIDGE, "network.mode says so");
      default ->
          whyNot()
              .map(why -> new Choice("user", "no bridge: " + why))
              .orElseGet(() -> new Choice(BRIDGE, "the daemon may make bridge and TAP devices"));
    };
  }

  /**
   * Why {@code auto} is not {@code bridge}. Looks first, and then tries with a device of no one.
   */
  private Optional<String> whyNot() {
    try {
      Optional<Obstacle> obstacle = obstacle();
      return obstacle.isPresent() ? obstacle.map(Obstacle::problem) : trial.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Why no VM can be put on the bridge now. */
  Optional<Obstacle> obstacle() throws InterruptedException {
    if (!ip.isInstalled()) {
      return Optional.of(new Obstacle("ip is not installed", "apt-get install iproute2"));
    }
    if (!ip.isAllowed()) {
      return Optional.of(
          new Obstacle(
              "the daemon may not change network devices",
              "run it as root, let sudo run ip without a password, or use network.mode = \"user\""));
    }
    if (!Files.isReadable(TUN) || !Files.isWritable(TUN)) {
      return Optional.of(
          Files.exists(TUN)
              ? new Obstacle(TUN + " is not open to this user", "sudo chmod 0666 " + TUN)
              : new Obstacle(TUN + " is not there", "sudo modprobe tun"));
    }
    return site.obstacle();
  }

  boolean isBridge() {
    return choice().mode().equals(BRIDGE);
  }

  HostNetwork.Status status() {
    Choice made = choice();
    if (!isBridge()) {
      return new HostNetwork.Status(made.mode(), "", "", made.reason(), "", "");
    }
    Optional<Obstacle> obstacle = Optional.empty();
    try {
      obstacle = obstacle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BangerException e) {
      obstacle = Optional.of(new Obstacle(e.getMessage(), e.hint()));
    }
    return new HostNetwork.Status(
        BRIDGE,
        settings.bridge(),
        settings.subnet().toString(),
        made.reason(),
        obstacle.map(Obstacle::problem).orElse(""),
        obstacle.map(Obstacle::remedy).orElse(""));
  }
}
