package dev.banger.agent;

import dev.banger.protocol.GuestMessage;
import dev.banger.protocol.MessageCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** As much of a job's command as is worth remembering. */
final class Shown {
  private Shown() {}

  static GuestMessage.JobStart cut(GuestMessage.JobStart spec) {
    return new GuestMessage.JobStart(
        spec.id(),
        words(spec.command()),
        spec.cwd(),
        namesOnly(spec.env()),
        spec.tty(),
        spec.rows(),
        spec.columns(),
        spec.keepBytes(),
        spec.waits());
  }

  static List<String> names(Map<String, String> env) {
    return words(env.keySet().stream().sorted().toList());
  }

  private static Map<String, String> namesOnly(Map<String, String> env) {
    Map<String, String> names = new HashMap<>();
    for (String name : names(env)) {
      names.put(name, "");
    }
    return names;
  }

  /** The first of them, together of at most the length that a report may have. */
  private static List<String> words(List<String> all) {
    List<String> some = new ArrayList<>();
    int left = MessageCodec.MAX_SHOWN;
    for (String word : all) {
      if (left <= 0 || some.size() == MessageCodec.MAX_SHOWN_WORDS) {
        break;
      }
      some.add(word.length() > left ? word.substring(0, left) : word);
      left -= word.length();
    }
    return some;
  }
}
