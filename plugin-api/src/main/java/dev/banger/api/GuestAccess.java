package dev.banger.api;

import java.time.Duration;

/**
 * Doing things inside a running guest, as root. Nothing that comes back from a guest is to be
 * trusted.
 *
 * <p>Errors: {@code ILLEGAL_STATE} when the VM is not running, {@code GUEST} when the guest fails,
 * refuses or goes away.
 */
public interface GuestAccess {
  /**
   * Runs a command to its end, whatever its exit code. Needs {@link Permission#GUEST_EXEC}. Past
   * the command's deadline it is hung up and {@code TIMEOUT} is thrown.
   */
  GuestResult exec(VmView vm, GuestCommand command) throws InterruptedException;

  /**
   * Unpacks a tar stream under {@code directory} (absolute; made if missing), owned as the archive
   * says. Needs {@link Permission#GUEST_FILES}. Returns when the guest has it all; when {@code tar}
   * throws, the guest discards the entry it was at and the exception is passed on. What was
   * unpacked before stays.
   *
   * @param tar called once, on the caller's thread
   * @param deadline for the whole transfer
   */
  void putTar(VmView vm, String directory, TarSource tar, Duration deadline) throws Exception;

  /**
   * Reads {@code path} of the guest (a file or a directory, absolute) as a tar stream, entries
   * named from its last component on. Needs {@link Permission#GUEST_FILES}.
   *
   * @param tar called once, on the caller's thread
   * @param deadline for the whole transfer
   */
  void getTar(VmView vm, String path, TarSink tar, Duration deadline) throws Exception;

  /**
   * Connects to a TCP port of the guest, without any network between: on its loopback, IPv4 or else
   * IPv6, or else on whatever address of the guest something listens on that port. Needs {@link
   * Permission#GUEST_DIAL}. The caller closes it; it ends with the call it was opened in.
   *
   * @param port 1 to 65535
   */
  GuestStream dial(VmView vm, int port, Duration deadline) throws InterruptedException;

  /**
   * Waits until the guest's agent answers; returns at once when it does. Needs {@link
   * Permission#GUEST_EXEC}.
   *
   * @throws CapabilityException of kind {@code TIMEOUT}
   */
  void awaitGuest(VmView vm, Duration deadline) throws InterruptedException;

  /**
   * What is at an absolute path, following symbolic links. Needs {@link Permission#GUEST_FILES}.
   */
  GuestPath stat(VmView vm, String path, Duration deadline) throws InterruptedException;
}
