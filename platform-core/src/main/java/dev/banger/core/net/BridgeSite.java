package dev.banger.core.net;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bridge that all guests hang on. It is taken over only when it carries our mark, and made only
 * where its network leads nowhere else. Callers see to it that one thread at a time changes it.
 */
final class BridgeSite {
  /** A wider route than this, such as a VPN's for half the world, is no claim to our network. */
  private static final int NARROW = 8;

  private final IpTool ip;
  private final NetworkSettings settings;

  BridgeSite(IpTool ip, NetworkSettings settings) {
    this.ip = ip;
    this.settings = settings;
  }

  /**
   * @param problem one sentence
   * @param remedy what to do about it
   */
  record Obstacle(String problem, String remedy) {
    BangerException asException() {
      return new BangerException(ErrorKind.UNAVAILABLE, problem, remedy);
    }
  }

  /** Why the bridge cannot be had; empty when it is there, or can be made. */
  Optional<Obstacle> obstacle() throws InterruptedException {
    // In this order: it may be made at this very moment.
    boolean there = ip.exists(settings.bridge());
    Optional<Link> present = IpTool.named(settings.bridge(), ip.bridges());
    if (present.isEmpty() && there) {
      return Optional.of(
          new Obstacle(
              "the network device %s is no bridge".formatted(settings.bridge()),
              "choose another name: network.bridge in config.toml"));
    }
    if (present.isPresent()) {
      Optional<Obstacle> foreign = foreign(present.get());
      if (foreign.isPresent()) {
        return foreign;
      }
    }
    return ip.routes().stream()
        .filter(route -> route.to().prefix() >= NARROW)
        .filter(route -> !route.device().equals(settings.bridge()))
        .filter(route -> route.to().overlaps(settings.subnet()))
        .findFirst()
        .map(
            route ->
                new Obstacle(
                    "the network %s is taken: %s is routed to %s"
                        .formatted(
                            settings.subnet(),
                            route.to(),
                            route.device().isEmpty() ? "nowhere" : route.device()),
                    "choose another one: network.cidr in config.toml"));
  }

  private Optional<Obstacle> foreign(Link bridge) throws InterruptedException {
    if (bridge.alias().equals(settings.bridgeAlias()) || isHalfMade(bridge)) {
      return Optional.empty();
    }
    if (!bridge.alias().startsWith(NetworkSettings.BRIDGE_ALIAS)) {
      return Optional.of(
          new Obstacle(
              "there is a bridge %s already, and it is not banger's".formatted(bridge.name()),
              "choose another name: network.bridge in config.toml"));
    }
    String owner = bridge.alias().substring(NetworkSettings.BRIDGE_ALIAS.length());
    boolean gone = owner.startsWith("/") && Files.notExists(Path.of(owner));
    if (gone && ports(bridge.name()).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Obstacle(
            "the bridge %s belongs to another banger, with its state in %s"
                .formatted(bridge.name(), owner),
            "choose another name and network: network.bridge and network.cidr in config.toml"));
  }

  /** Made by a daemon that was killed before it could mark it: then it has nothing but its MAC. */
  private boolean isHalfMade(Link bridge) throws InterruptedException {
    return bridge.alias().isEmpty()
        && !bridge.up()
        && bridge.mac().equals(mac())
        && ip.subnets(bridge.name()).isEmpty()
        && ports(bridge.name()).isEmpty();
  }

  private List<String> ports(String bridge) throws InterruptedException {
    return ip.taps().stream().filter(link -> link.master().equals(bridge)).map(Link::name).toList();
  }

  private String mac() {
    return Subnet.mac(settings.subnet().gateway());
  }

  /**
   * Makes the bridge, or completes what is there of it.
   *
   * @throws BangerException of kind UNAVAILABLE when it, or its network, is somebody else's
   */
  void ensure() throws InterruptedException {
    Optional<Obstacle> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw obstacle.get().asException();
    }
    String name = settings.bridge();
    List<String> lines = new ArrayList<>();
    Optional<Link> present = IpTool.named(name, ip.bridges());
    if (present.isEmpty()) {
      // A MAC of its own: otherwise it takes that of a port, and changes it as ports come and go.
      lines.add("link add name %s address %s type bridge".formatted(name, mac()));
    }
    lines.add("link set dev %s alias %s addrgenmode none".formatted(name, settings.bridgeAlias()));
    lines.add(
        "address replace %s/%d dev %s"
            .formatted(settings.subnet().gateway(), settings.subnet().prefix(), name));
    lines.add("link set dev %s up".formatted(name));
    ip.change(lines);
  }

  /** Names of bridges that carry our mark, be they configured now or once. */
  List<String> ours() throws InterruptedException {
    return ip.bridges().stream()
        .filter(link -> link.alias().equals(settings.bridgeAlias()))
        .map(Link::name)
        .toList();
  }

  /** Removes a bridge of ours on which nothing hangs. */
  void removeIfEmpty(String name) throws InterruptedException {
    if (ours().contains(name) && ports(name).isEmpty()) {
      ip.change(List.of("link del dev " + name));
    }
  }
}
