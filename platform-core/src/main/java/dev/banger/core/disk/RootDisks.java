package dev.banger.core.disk;

import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmPaths;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which way a root disk is made, and which way one was.
 *
 * @param inOrder of preference
 * @param wanted a strategy's name, or {@code auto}
 */
record RootDisks(List<RootDiskStrategy> inOrder, String wanted) {
  private static final String AUTO = "auto";

  RootDisks {
    inOrder = List.copyOf(inOrder);
  }

  /**
   * The one that was asked for; empty when the best is.
   *
   * @throws BangerException of kind UNAVAILABLE when this host cannot do it
   */
  Optional<RootDiskStrategy> configured() {
    if (wanted.equals(AUTO)) {
      return Optional.empty();
    }
    RootDiskStrategy named =
        inOrder.stream()
            .filter(each -> each.name().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.UNAVAILABLE,
                        "no kind of root disks \"%s\" (vm.root_disk); there is: auto, %s"
                            .formatted(wanted, names()),
                        "leave vm.root_disk out for the best one"));
    RootDiskStrategy.Suitability suitability = named.suitability();
    if (!suitability.usable()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "root disks by %s (vm.root_disk) cannot be made here: %s"
              .formatted(wanted, suitability.reason()),
          suitability.remedy().isEmpty()
              ? "leave vm.root_disk out for the best one"
              : suitability.remedy());
    }
    return Optional.of(named);
  }

  /**
   * The one to make a new disk with.
   *
   * @param formats what the VM's driver reads
   * @throws BangerException of kind UNAVAILABLE when there is none
   */
  RootDiskStrategy pick(Set<Disk.Format> formats) {
    Optional<RootDiskStrategy> named = configured();
    if (named.isPresent()) {
      if (!formats.contains(named.get().format())) {
        throw new BangerException(
            ErrorKind.UNAVAILABLE,
            "root disks by %s (vm.root_disk) are in the format %s, and the VM's driver reads %s"
                .formatted(wanted, lower(named.get().format()), lower(formats)),
            "leave vm.root_disk out for the best one");
      }
      return named.get();
    }
    List<RootDiskStrategy> readable =
        inOrder.stream().filter(each -> formats.contains(each.format())).toList();
    return readable.stream()
        .filter(each -> each.suitability().usable())
        .findFirst()
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.UNAVAILABLE,
                    "no root disk in the format %s can be made here: %s"
                        .formatted(lower(formats), reasons(readable)),
                    "banger doctor"));
  }

  /**
   * The one that this VM's disk was made with; empty when it has none.
   *
   * @throws BangerException of kind HOST when there is more than one
   */
  Optional<RootDiskStrategy> of(VmPaths paths) {
    List<RootDiskStrategy> owners = inOrder.stream().filter(each -> each.owns(paths)).toList();
    if (owners.size() > 1) {
      throw new BangerException(
          ErrorKind.HOST,
          "the VM has %d root disks: %s"
              .formatted(
                  owners.size(),
                  owners.stream()
                      .map(each -> each.file(paths) + " (" + each.name() + ")")
                      .collect(Collectors.joining(", "))),
          "move all but the right one out of " + paths.dir());
    }
    return owners.stream().findFirst();
  }

  static String reasons(List<RootDiskStrategy> strategies) {
    return strategies.stream()
        .map(each -> each.name() + ": " + each.suitability().reason())
        .collect(Collectors.joining("; "));
  }

  private String names() {
    return inOrder.stream().map(RootDiskStrategy::name).collect(Collectors.joining(", "));
  }

  private static String lower(Set<Disk.Format> formats) {
    return formats.stream().sorted().map(RootDisks::lower).collect(Collectors.joining(" or "));
  }

  private static String lower(Disk.Format format) {
    return format.name().toLowerCase(Locale.ROOT);
  }
}
