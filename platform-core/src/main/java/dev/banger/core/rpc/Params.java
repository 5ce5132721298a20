package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Typed access to the parameters of a request; what does not fit is refused by name. */
public record Params(Json json) {
  public String text(String name) {
    return optionalText(name).orElseThrow(() -> wrong(name, "is missing"));
  }

  public Optional<String> optionalText(String name) {
    Json value = json.get(name);
    if (value.isNull()) {
      return Optional.empty();
    }
    if (!value.isText()) {
      throw wrong(name, "must be a string, got " + value);
    }
    return Optional.of(value.text());
  }

  public Optional<Long> number(String name) {
    Json value = json.get(name);
    if (value.isNull()) {
      return Optional.empty();
    }
    long number = value.number(Long.MIN_VALUE);
    if (number == Long.MIN_VALUE) {
      throw wrong(name, "must be a whole number, got " + value);
    }
    return Optional.of(number);
  }

  /** A number that fits an int; what does not is clamped and refused by whoever knows the range. */
  public Optional<Integer> integer(String name) {
    return number(name).map(n -> Math.clamp(n, Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  public boolean flag(String name, boolean otherwise) {
    return optionalFlag(name).orElse(otherwise);
  }

  public Optional<Boolean> optionalFlag(String name) {
    Json value = json.get(name);
    if (value.isNull()) {
      return Optional.empty();
    }
    if (!value.equals(Json.TRUE) && !value.equals(Json.FALSE)) {
      throw wrong(name, "must be true or false, got " + value);
    }
    return Optional.of(value.equals(Json.TRUE));
  }

  public List<String> texts(String name) {
    Json value = json.get(name);
    if (!value.isNull() && !(value.isArray() && value.elements().stream().allMatch(Json::isText))) {
      throw wrong(name, "must be an array of strings");
    }
    return value.texts();
  }

  /** An object of strings. */
  public Map<String, String> map(String name) {
    Json object = json.get(name);
    if (!object.isNull() && !object.isObject()) {
      throw wrong(name, "must be an object of strings");
    }
    Map<String, String> map = new LinkedHashMap<>();
    json.get(name)
        .fields()
        .forEach(
            (key, value) -> {
              if (!value.isText()) {
                throw wrong(name + "." + key, "must be a string, got " + value);
              }
              map.put(key, value.text());
            });
    return map;
  }

  /** A duration in milliseconds, more than zero. */
  public Optional<Duration> millis(String name) {
    return number(name)
        .map(
            n -> {
              if (n <= 0) {
                throw wrong(name, "must be more than 0, got " + n);
              }
              return Duration.ofMillis(n);
            });
  }

  static BangerException wrong(String name, String what) {
    return new BangerException(ErrorKind.USAGE, "parameter \"%s\" %s".formatted(name, what));
  }
}
