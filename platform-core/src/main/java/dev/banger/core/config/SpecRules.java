package dev.banger.core.config;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a VM may be asked to be. Everything is checked before anything is stored, and all that is
 * wrong is told at once.
 */
public final class SpecRules {
  public static final int MIN_CPUS = 1;
  public static final int MAX_CPUS = 64;

  /** More virtual CPUs per real one make a guest slower, and its clock unreliable. */
  private static final int MAX_CPUS_PER_HOST_CPU = 8;

  public static final int MIN_MEMORY_MIB = 64;

  /** The smallest ext4 that has room for its journal. */
  public static final long MIN_DISK_MIB = 16;

  /** Half of what ext4 on the host allows for one file with 4 KiB blocks. */
  public static final long MAX_DISK_MIB = 8L * 1024 * 1024;

  private static final String DEFAULT = "for the default";
  private static final String KEPT = "to keep what it has";

  private static final int MAX_LABELS = 32;
  private static final int MAX_LABEL_VALUE = 256;
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");
  private static final Pattern DRIVER = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final Pattern LABEL_KEY =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");

  private final Config.VmDefaults defaults;
  private final HostLimits host;

  public SpecRules(Config.VmDefaults defaults, HostLimits host) {
    this.defaults = defaults;
    this.host = host;
  }

  /** One thing that is wrong, and what to do about it. */
  public record Problem(String message, String hint) {}

  /**
   * @param imageDiskMiB how large the image is: a root disk cannot be smaller
   * @throws BangerException of kind INVALID with everything that is wrong
   */
  public void insist(VmSpec spec, long imageDiskMiB) {
    refuse(check(spec, imageDiskMiB));
  }

  /**
   * The VM with the changes made. Only what is changed is looked at: what it has already was in
   * order once, and may be kept.
   *
   * @throws BangerException of kind INVALID with everything that is wrong
   */
  public VmSpec changed(VmSpec now, SpecChange change) {
    refuse(check(now, change));
    return change.over(now);
  }

  private static void refuse(List<Problem> problems) {
    if (problems.isEmpty()) {
      return;
    }
    Problem first = problems.getFirst();
    if (problems.size() == 1) {
      throw new BangerException(ErrorKind.INVALID, first.message(), first.hint());
    }
    throw new BangerException(
        ErrorKind.INVALID,
        "%d things are wrong with this VM: %s"
            .formatted(
                problems.size(),
                String.join("; ", problems.stream().map(Problem::message).toList())),
        "",
        problems.stream().map(each -> each.message() + " (" + each.hint() + ")").toList(),
        null);
  }

  /** All that is wrong; empty when nothing is. */
  public List<Problem> check(VmSpec spec, long imageDiskMiB) {
    List<Problem> problems = new ArrayList<>();
    checkName(spec.name(), problems);
    checkCpus(spec.cpus(), defaults.cpus(), DEFAULT, problems);
    checkMemory(spec.memoryMiB(), defaults.memoryMiB(), DEFAULT, problems);
    checkDisk(spec.diskMiB(), imageDiskMiB, spec.image(), problems);
    checkWorkDisk(spec.workDiskMiB(), defaults.workDiskMiB(), DEFAULT, problems);
    if (!DRIVER.matcher(spec.driver()).matches()) {
      problems.add(
          new Problem(
              "driver must be auto, firecracker or qemu, got " + Shown.value(spec.driver()),
              "--driver auto, or leave it out"));
    }
    checkLabels(spec.labels(), problems);
    return problems;
  }

  /** All that is wrong with changing a VM; empty when nothing is. */
  public List<Problem> check(VmSpec now, SpecChange change) {
    List<Problem> problems = new ArrayList<>();
    change.cpus().ifPresent(cpus -> checkCpus(cpus, now.cpus(), KEPT, problems));
    change.memoryMiB().ifPresent(mib -> checkMemory(mib, now.memoryMiB(), KEPT, problems));
    change.workDiskMiB().ifPresent(mib -> checkGrowth(mib, now.workDiskMiB(), problems));
    change.labels().keySet().stream()
        .filter(change.unlabel()::contains)
        .forEach(
            key ->
                problems.add(
                    new Problem(
                        "label %s is to be set and to be removed".formatted(Shown.value(key)),
                        "one of --label and --unlabel")));
    if (!change.labels().isEmpty()) {
      checkLabels(change.over(now).labels(), problems);
    }
    return problems;
  }

  private void checkGrowth(long mib, long nowMiB, List<Problem> problems) {
    int before = problems.size();
    checkWorkDisk(mib, nowMiB, KEPT, problems);
    if (problems.size() == before && mib < nowMiB) {
      problems.add(
          new Problem(
              "the work disk is %s and can only grow; asked for %s"
                  .formatted(Sizes.human(nowMiB), got(mib)),
              "more than --work-disk %s, or leave it out; a smaller one needs another VM"
                  .formatted(Sizes.format(nowMiB))));
    }
  }

  /** Whether {@code name} may be a VM's name. */
  public static boolean isValidName(String name) {
    return NAME.matcher(name).matches() && !VmId.isValid(name);
  }

  private static void checkName(String name, List<Problem> problems) {
    if (VmId.isValid(name)) {
      problems.add(
          new Problem(
              "name must not look like an id, got " + Shown.value(name),
              "put a letter after f or a - into it"));
    } else if (!NAME.matcher(name).matches()) {
      problems.add(
          new Problem(
              "name must be 1 to 40 of a-z, 0-9 and -, with no - at either end, got "
                  + Shown.value(name),
              suggestion(name)));
    }
  }

  private static String suggestion(String name) {
    String mended =
        name.toLowerCase(Locale.ROOT)
            .substring(0, Math.min(40, name.length()))
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return isValidName(mended)
        ? "for example " + mended
        : "leave it out, and the VM gets a name of its own";
  }

  private void checkCpus(int cpus, int otherwise, String words, List<Problem> problems) {
    String hint = "--cpus %d, or leave it out %s (%d)".formatted(otherwise, words, otherwise);
    int most = Math.min(MAX_CPUS, Math.multiplyExact(host.cpus(), MAX_CPUS_PER_HOST_CPU));
    if (cpus < MIN_CPUS) {
      problems.add(new Problem("cpus must be at least %d, got %d".formatted(MIN_CPUS, cpus), hint));
    } else if (cpus > most) {
      String why =
          most == MAX_CPUS
              ? ""
              : " (%d for each of this host's %d)".formatted(MAX_CPUS_PER_HOST_CPU, host.cpus());
      problems.add(
          new Problem("cpus must be at most %d%s, got %d".formatted(most, why, cpus), hint));
    }
  }

  private void checkMemory(int memoryMiB, int otherwise, String words, List<Problem> problems) {
    String hint =
        "--memory %s, or leave it out %s (%s)"
            .formatted(Sizes.format(otherwise), words, Sizes.human(otherwise));
    if (memoryMiB < MIN_MEMORY_MIB) {
      problems.add(
          new Problem(
              "memory must be at least %s, got %s"
                  .formatted(Sizes.human(MIN_MEMORY_MIB), got(memoryMiB)),
              hint));
    } else if (memoryMiB > host.memoryMiB()) {
      problems.add(
          new Problem(
              "memory must be at most the %s this host has, got %s"
                  .formatted(Sizes.human(host.memoryMiB()), got(memoryMiB)),
              hint));
    }
  }

  private void checkDisk(long diskMiB, long imageDiskMiB, String image, List<Problem> problems) {
    String hint = "leave --disk out, or give it " + Sizes.format(Math.max(imageDiskMiB, 1));
    if (diskMiB < imageDiskMiB) {
      problems.add(
          new Problem(
              "disk must be at least the %s of the image %s, got %s"
                  .formatted(Sizes.human(imageDiskMiB), Shown.text(image), got(diskMiB)),
              hint));
    } else if (diskMiB < MIN_DISK_MIB || diskMiB > MAX_DISK_MIB) {
      problems.add(
          new Problem(outOfRange("disk", diskMiB), "leave --disk out for the default size"));
    }
  }

  private static void checkWorkDisk(
      long workDiskMiB, long otherwise, String words, List<Problem> problems) {
    if (workDiskMiB < MIN_DISK_MIB || workDiskMiB > MAX_DISK_MIB) {
      problems.add(
          new Problem(
              outOfRange("work disk", workDiskMiB),
              "--work-disk %s, or leave it out %s (%s)"
                  .formatted(Sizes.format(otherwise), words, Sizes.human(otherwise))));
    }
  }

  private static String outOfRange(String what, long mib) {
    return mib < MIN_DISK_MIB
        ? "%s must be at least %s, got %s".formatted(what, Sizes.human(MIN_DISK_MIB), got(mib))
        : "%s must be at most %s, got %s".formatted(what, Sizes.human(MAX_DISK_MIB), got(mib));
  }

  private static String got(long mib) {
    return mib == 0 ? "0" : Sizes.human(mib);
  }

  private static void checkLabels(Map<String, String> labels, List<Problem> problems) {
    if (labels.size() > MAX_LABELS) {
      problems.add(
          new Problem(
              "a VM has at most %d labels, got %d".formatted(MAX_LABELS, labels.size()),
              "leave some out"));
    }
    labels.forEach(
        (key, value) -> {
          if (!LABEL_KEY.matcher(key).matches()) {
            problems.add(
                new Problem(
                    "a label's key must be 1 to 63 of letters, digits and . _ / - between them, got "
                        + Shown.value(key),
                    "--label team=core"));
          } else if (value.length() > MAX_LABEL_VALUE
              || value.codePoints().anyMatch(Character::isISOControl)) {
            problems.add(
                new Problem(
                    "the value of label %s must be at most %d characters in one line, got %s"
                        .formatted(key, MAX_LABEL_VALUE, Shown.value(value)),
                    "--label team=core"));
          }
        });
  }
}
