package dev.banger.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;

/** The kinds of values that {@code config.toml} has. */
final class OptionTypes {
  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
  private static final int SHORTEST_PREFIX = 8;
  private static final int LONGEST_PREFIX = 16;

  private OptionTypes() {}

  /** A type that is told by functions. */
  private record Type<T>(
      String name,
      Function<Object, T> parser,
      Function<T, String> formatter,
      boolean quoted,
      List<String> choices)
      implements OptionType<T> {
    @Override
    public T parse(Object toml) {
      return parser.apply(toml);
    }

    @Override
    public String format(T value) {
      return formatter.apply(value);
    }

    @Override
    public String toml(T value) {
      return quoted ? OptionType.super.toml(value) : format(value);
    }
  }

  static OptionType<String> text(String what, Pattern shape, String expected) {
    return new Type<>(
        what,
        raw -> {
          String text = string(raw, expected);
          require(shape.matcher(text).matches(), expected);
          return text;
        },
        Function.identity(),
        true,
        List.of());
  }

  static OptionType<String> choice(String... choices) {
    List<String> all = List.of(choices);
    String expected = "one of " + String.join(", ", all);
    return new Type<>(
        "`" + String.join("`, `", all) + "`",
        raw -> {
          String text = string(raw, expected);
          require(all.contains(text), expected);
          return text;
        },
        Function.identity(),
        true,
        all);
  }

  static OptionType<Integer> integer(int min, int max) {
    String expected = "a whole number from %d to %d".formatted(min, max);
    return new Type<>(
        "number, %d to %d".formatted(min, max),
        raw -> {
          if (!(raw instanceof Long number)) {
            throw new IllegalArgumentException(expected);
          }
          require(number >= min && number <= max, expected);
          return number.intValue();
        },
        String::valueOf,
        false,
        List.of());
  }

  static OptionType<Duration> duration(String min, String max) {
    Duration least = Durations.parse(min);
    Duration most = Durations.parse(max);
    String expected = Durations.EXPECTED + ", from %s to %s".formatted(min, max);
    return new Type<>(
        "duration, %s to %s".formatted(min, max),
        raw -> {
          Duration value = Durations.parse(string(raw, Durations.EXPECTED));
          require(value.compareTo(least) >= 0 && value.compareTo(most) <= 0, expected);
          return value;
        },
        Durations::format,
        true,
        List.of());
  }

  /**
   * @param min in MiB
   * @param max in MiB
   */
  static OptionType<Long> size(long min, long max) {
    String range = "%s to %s".formatted(Sizes.format(min), Sizes.format(max));
    return new Type<>(
        "size, " + range,
        raw -> {
          long value = Sizes.parseMiB(string(raw, Sizes.EXPECTED));
          require(value >= min && value <= max, Sizes.EXPECTED + ", from " + range);
          return value;
        },
        Sizes::format,
        true,
        List.of());
  }

  /** Empty, absolute, or under {@code ~/}; the home directory is filled in. */
  static OptionType<Optional<Path>> path(Path home) {
    String expected = "an absolute path, one under ~/, or empty";
    return new Type<>(
        "path",
        raw -> {
          String text = string(raw, expected);
          if (text.isEmpty()) {
            return Optional.empty();
          }
          require((text.startsWith("/") || text.startsWith("~/")) && !hasNul(text), expected);
          return Optional.of(
              text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text));
        },
        path -> path.map(Path::toString).orElse(""),
        true,
        List.of());
  }

  /** An IPv4 network in CIDR notation, without host bits. */
  static OptionType<String> network() {
    String expected =
        "an IPv4 network such as \"172.30.0.0/16\", prefix from /%d to /%d"
            .formatted(SHORTEST_PREFIX, LONGEST_PREFIX);
    return new Type<>(
        "IPv4 network",
        raw -> {
          String text = string(raw, expected);
          Matcher parts = CIDR.matcher(text);
          require(parts.matches(), expected);
          long address = 0;
          for (int i = 1; i <= 4; i++) {
            int octet = Integer.parseInt(parts.group(i));
            require(octet <= 255, expected);
            address = address << 8 | octet;
          }
          int prefix = Integer.parseInt(parts.group(5));
          require(prefix >= SHORTEST_PREFIX && prefix <= LONGEST_PREFIX, expected);
          long hostBits = address & ((1L << (32 - prefix)) - 1);
          require(hostBits == 0, "a network, without host bits after /" + prefix);
          return text;
        },
        Function.identity(),
        true,
        List.of());
  }

  static OptionType<List<String>> list(OptionType<String> element) {
    String expected = "a list, each of it ";
    return new Type<>(
        "list of " + element.name(),
        raw -> {
          if (!(raw instanceof TomlArray array)) {
            throw new IllegalArgumentException("a list such as [\"a\", \"b\"]");
          }
          List<String> values = new ArrayList<>();
          for (Object each : array.toList()) {
            try {
              values.add(element.parse(each));
            } catch (IllegalArgumentException e) {
              throw new IllegalArgumentException(
                  expected + e.getMessage() + "; one is " + Shown.value(each), e);
            }
          }
          return List.copyOf(values);
        },
        values -> values.stream().map(each -> '"' + each + '"').toList().toString(),
        false,
        List.of());
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static String string(Object raw, String expected) {
    if (raw instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(expected);
  }

  private static void require(boolean condition, String expected) {
    if (!condition) {
      throw new IllegalArgumentException(expected);
    }
  }
}
