package dev.banger.plugin.dns;

import dev.banger.api.VmView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names inside the zone, without it: {@code web}, {@code api.web}. Letters, digits and hyphens in
 * lower case, at most 63 to a label.
 */
final class HostNames {
  /** The label of a VM that gives it more names, with commas between them. */
  static final String LABEL = "dns";

  static final int MAX_MORE = 16;

  private static final int MAX_LENGTH = 120;
  private static final Pattern SHAPE =
      Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  private HostNames() {}

  static boolean isValid(String name) {
    return name.length() <= MAX_LENGTH && SHAPE.matcher(name).matches();
  }

  /** The names a VM asks for, its own first; malformed ones left out. */
  static Set<String> wanted(VmView vm) {
    Set<String> names = new LinkedHashSet<>();
    if (isValid(vm.name())) {
      names.add(vm.name());
    }
    more(vm).stream().filter(HostNames::isValid).limit(MAX_MORE).forEach(names::add);
    return names;
  }

  /** One sentence for each thing wrong with the label. */
  static List<String> problems(VmView vm) {
    List<String> problems = new ArrayList<>();
    List<String> more = more(vm);
    for (String name : more) {
      if (!isValid(name)) {
        problems.add(
            "label %s has \"%s\", which is no host name: lower-case letters, digits, hyphens and"
                    .formatted(LABEL, shown(name))
                + " dots, at most "
                + MAX_LENGTH
                + "; for example --label dns=api,db.web");
      }
    }
    if (more.size() > MAX_MORE) {
      problems.add(
          "label %s has %d names; a VM has at most %d more than its own"
              .formatted(LABEL, more.size(), MAX_MORE));
    }
    return problems;
  }

  private static List<String> more(VmView vm) {
    String label = vm.labels().getOrDefault(LABEL, "");
    if (label.isBlank()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (String name : label.split(",", -1)) {
      names.add(name.strip());
    }
    return names;
  }

  /** Fit for a line on a terminal, whatever it is. */
  static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() <= 80 ? plain : plain.substring(0, 80) + "...";
  }
}
