package dev.banger.plugin.idle;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** Times as people read them. */
final class Words {
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("HH:mm");
  private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd ");

  private Words() {}

  /** {@code 90 s}, {@code 30 min}, {@code 1 h 30 min}. */
  static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds == 0 && !duration.isZero()) {
      return duration.toMillis() + " ms";
    }
    if (seconds < 120 || (seconds < 3600 && seconds % 60 != 0)) {
      return seconds + " s";
    }
    long hours = seconds / 3600;
    long minutes = seconds % 3600 / 60;
    if (hours == 0) {
      return minutes + " min";
    }
    return minutes == 0 ? hours + " h" : "%d h %d min".formatted(hours, minutes);
  }

  /** A time of this day, to the minute, or with what is needed to tell it from others. */
  static String time(Instant at, Instant now, ZoneId zone, boolean toTheSecond) {
    ZonedDateTime then = at.atZone(zone);
    String time = (toTheSecond ? SECOND : MINUTE).format(then);
    return then.toLocalDate().equals(now.atZone(zone).toLocalDate())
        ? time
        : DAY.format(then) + time;
  }

  /** With its day. */
  static String dated(Instant at, ZoneId zone) {
    ZonedDateTime then = at.atZone(zone);
    return DAY.format(then) + MINUTE.format(then);
  }
}
