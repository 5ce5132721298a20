package dev.banger.core.vmm;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;

/** A kernel command line out of words. */
public final class KernelLine {
  private KernelLine() {}

  /**
   * @param machine what the machine needs; trusted
   * @param own the plan's, each without spaces and quotes
   * @param maxLength in characters
   * @throws BangerException of kind INVALID when a word is none, or all are too long together
   */
  public static String of(List<String> machine, List<String> own, int maxLength) {
    List<String> words = new ArrayList<>(machine);
    own.forEach(word -> words.add(checked(word)));
    String line = String.join(" ", words);
    if (line.length() > maxLength) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the kernel command line is %d characters long; Linux takes at most %d"
              .formatted(line.length(), maxLength));
    }
    return line;
  }

  private static String checked(String word) {
    boolean printable = word.chars().allMatch(c -> c > ' ' && c < 0x7f);
    // A quote would make Linux read on to the next one, across our own arguments.
    if (word.isEmpty() || !printable || word.contains("\"")) {
      throw new BangerException(
          ErrorKind.INVALID,
          "kernel argument %s: only printable ASCII without spaces and quotes is possible"
              .formatted(quoted(word)));
    }
    return word;
  }

  private static String quoted(String word) {
    StringBuilder out = new StringBuilder("\"");
    word.chars()
        .limit(80)
        .forEach(
            c -> {
              if (c >= ' ' && c < 0x7f) {
                out.append((char) c);
              } else {
                out.append("\\u%04x".formatted(c));
              }
            });
    return out.append('"').toString();
  }
}
