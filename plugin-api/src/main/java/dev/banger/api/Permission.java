package dev.banger.api;

import java.util.regex.Pattern;

/**
 * A group of {@link CapabilityHost} methods that a plugin may call.
 *
 * @param name as in the manifest: {@code vm.read}, {@code vm.lock}, {@code vm.stop}, {@code
 *     image.read}, {@code guest.exec}, {@code guest.files}, {@code guest.dial}, {@code guest.ports}
 *     or {@code host.exec:TOOL}
 */
public record Permission(String name) implements Comparable<Permission> {
  // First: the constants below are checked against it.
  private static final Pattern SHAPE =
      Pattern.compile(
          "vm\\.read|vm\\.lock|vm\\.stop|image\\.read|guest\\.(exec|files|dial|ports)|host\\.exec:[a-z0-9][a-z0-9._-]{0,63}");

  /** {@link VmAccess}. */
  public static final Permission VM_READ = new Permission("vm.read");

  /** {@link VmAccess#withVmLock}. */
  public static final Permission VM_LOCK = new Permission("vm.lock");

  /** {@link VmStopping}. */
  public static final Permission VM_STOP = new Permission("vm.stop");

  /** {@link ImageAccess}. */
  public static final Permission IMAGE_READ = new Permission("image.read");

  /** {@link GuestAccess#exec} and {@link GuestJobs}. */
  public static final Permission GUEST_EXEC = new Permission("guest.exec");

  /** {@link GuestAccess#dial}. */
  public static final Permission GUEST_DIAL = new Permission("guest.dial");

  /** {@link GuestAccess#putTar}, {@link GuestAccess#getTar} and {@link GuestAccess#stat}. */
  public static final Permission GUEST_FILES = new Permission("guest.files");

  /** {@link GuestPorts}. */
  public static final Permission GUEST_PORTS = new Permission("guest.ports");

  public Permission {
    if (!SHAPE.matcher(name).matches()) {
      throw new IllegalArgumentException("no such permission: " + name);
    }
  }

  /**
   * {@link HostTools} for one tool.
   *
   * @param tool its name on the host's {@code PATH}, never a path
   */
  public static Permission hostTool(String tool) {
    return new Permission("host.exec:" + tool);
  }

  @Override
  public int compareTo(Permission other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
