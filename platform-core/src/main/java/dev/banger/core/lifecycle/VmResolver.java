package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.util.List;
import java.util.stream.Collectors;

/** Finds the VM that a reference means: its name, its id, or a unique prefix of its id. */
public final class VmResolver {
  private static final int MIN_PREFIX = 2;
  private static final int SHOWN_ID = 4;

  private VmResolver() {}

  /**
   * @param snapshot the VMs to look among
   * @throws BangerException NOT_FOUND with names that look alike, AMBIGUOUS with all matches
   */
  public static VmRecord resolve(String ref, List<VmRecord> snapshot) {
    for (VmRecord vm : snapshot) {
      if (vm.name().equals(ref) || vm.id().value().equals(ref)) {
        return vm;
      }
    }
    List<VmRecord> matches =
        ref.length() < MIN_PREFIX
            ? List.of()
            : snapshot.stream().filter(vm -> vm.id().value().startsWith(ref)).toList();
    return switch (matches.size()) {
      case 1 -> matches.getFirst();
      case 0 -> throw notFound(ref, snapshot);
      default ->
          throw new BangerException(
              ErrorKind.AMBIGUOUS,
              "\"%s\" matches %d VMs: %s".formatted(ref, matches.size(), names(matches)),
              "use the full name or a longer id");
    };
  }

  private static BangerException notFound(String ref, List<VmRecord> snapshot) {
    String start = ref.length() >= MIN_PREFIX ? ref : "\0";
    List<VmRecord> alike = snapshot.stream().filter(vm -> vm.name().contains(start)).toList();
    String hint =
        alike.isEmpty()
            ? "see what there is: banger ls"
            : "did you mean "
                + alike.stream().limit(3).map(VmRecord::name).collect(Collectors.joining(" or "))
                + "?";
    return new BangerException(
        ErrorKind.NOT_FOUND, "there is no VM \"%s\"".formatted(printable(ref)), hint);
  }

  private static String names(List<VmRecord> vms) {
    return vms.stream()
        .map(
            vm ->
                "%s (%s..)"
                    .formatted(vm.name(), vm.id().value().substring(0, Math.max(SHOWN_ID, 6))))
        .collect(Collectors.joining(", "));
  }

  private static String printable(String ref) {
    String cut = ref.length() > 80 ? ref.substring(0, 80) + "..." : ref;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
