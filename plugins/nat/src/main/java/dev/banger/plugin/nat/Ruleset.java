package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The text that nft is given: both tables, whole, replaced in one transaction. Written as nft
 * prints it, one rule a line, each with a comment of its own by which it is found again.
 *
 * <p>Whatever comes from a device of a guest and is not from a guest that is known is dropped, so a
 * guest whose rules are not loaded yet has no network rather than too much of it.
 */
final class Ruleset {
  /** Says whose the tables are. */
  static final String MARK = "made by banger; changes are overwritten";

  private static final String TEXT =
      """
      table inet banger
      delete table inet banger
      table inet banger {
        comment "@mark@"
        set nat4 {
          type ipv4_addr
          @nat4@
        }

        set sent4 {
          type ipv4_addr
          counter
          @sent4@
        }

        chain leaving {
          type nat hook postrouting priority srcnat; policy accept;
          ip saddr @nat4 oifname != "@bridge@" counter masquerade comment "banger:nat"
        }

        chain crossing {
          type filter hook forward priority filter - 10; policy accept;
          iifname "@bridge@" oifname "@bridge@" counter drop comment "banger:isolate"
          iifname "@bridge@" ip daddr { 127.0.0.0/8, 169.254.0.0/16 } counter drop comment "banger:local"
          iifname "@bridge@" ip saddr @nat4 ct state new counter comment "banger:new"
          iifname "@bridge@" ip saddr @sent4 counter accept comment "banger:out"
          iifname "@bridge@" counter drop comment "banger:no-nat"
          oifname "@bridge@" ct state established,related counter accept comment "banger:back"
          oifname "@bridge@" counter drop comment "banger:in"
        }

        chain arriving {
          type filter hook input priority filter - 10; policy accept;
          iifname "@bridge@" ct state established,related counter accept comment "banger:replies"
          iifname "@bridge@" icmp type echo-request counter accept comment "banger:ping"
          iifname "@bridge@" udp dport 53 counter accept comment "banger:dns-udp"
          iifname "@bridge@" tcp dport 53 counter accept comment "banger:dns-tcp"
          iifname "@bridge@" counter drop comment "banger:host-guard"
        }
      }
      table bridge banger
      delete table bridge banger
      table bridge banger {
        comment "@mark@"
        set guests {
          type ifname . ether_addr . ipv4_addr
          @guests@
        }

        chain source {
          type filter hook prerouting priority filter; policy accept;
          iifname "@devices@*" iifname . ether saddr . ip saddr @guests counter accept comment "banger:ip"
          iifname "@devices@*" iifname . ether saddr . arp saddr ip @guests iifname . arp saddr ether . arp saddr ip @guests counter accept comment "banger:arp"
          iifname "@devices@*" counter drop comment "banger:spoof"
        }

        chain between {
          type filter hook forward priority filter; policy accept;
          iifname "@devices@*" oifname "@devices@*" counter drop comment "banger:neighbour"
        }
      }
      """;

  /** Takes both tables away, also where they are not there. */
  static final String NONE =
      """
      table inet banger
      delete table inet banger
      table bridge banger
      delete table bridge banger
      """;

  private Ruleset() {}

  /**
   * @param guests at least one
   * @param sent what guests have sent so far, so that counting goes on
   */
  static String of(List<Guest> guests, Map<String, Firewall.Traffic> sent) {
    return TEXT.replace("@mark@", MARK)
        .replace("@bridge@", bridge(guests))
        .replace("@devices@", Guest.DEVICES)
        .replace("@nat4@", elements(guests, Guest::outbound, Ruleset::address))
        .replace("@sent4@", elements(guests, Guest::outbound, guest -> counted(guest, sent)))
        .replace("@guests@", elements(guests, _ -> true, Ruleset::source))
        .replaceAll("(?m)^ +\n", "");
  }

  /** The bridge all guests are on. */
  static String bridge(List<Guest> guests) {
    List<String> bridges = guests.stream().map(Guest::bridge).distinct().toList();
    if (bridges.size() != 1) {
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "guests are on several bridges at a time: " + String.join(", ", bridges),
          "stop all VMs, then start them again");
    }
    return bridges.getFirst();
  }

  private static String elements(
      List<Guest> guests, Predicate<Guest> which, Function<Guest, String> element) {
    String all =
        guests.stream()
            .filter(which)
            .map(guest -> element.apply(guest) + " comment \"" + guest.tag() + '"')
            .collect(Collectors.joining(",\n                 "));
    // An empty list is a syntax error.
    return all.isEmpty() ? "" : "elements = { " + all + " }";
  }

  /** An element: who may reach the outside. */
  private static String address(Guest guest) {
    return guest.address();
  }

  /** An element: where what this guest sends comes from. */
  private static String source(Guest guest) {
    return "\"%s\" . %s . %s".formatted(guest.device(), guest.mac(), guest.address());
  }

  private static String counted(Guest guest, Map<String, Firewall.Traffic> sent) {
    Firewall.Traffic so = sent.getOrDefault(guest.address(), new Firewall.Traffic(0, 0));
    return "%s counter packets %d bytes %d".formatted(guest.address(), so.packets(), so.bytes());
  }
}
