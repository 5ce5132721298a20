package dev.banger.core.vmm.qemu;

import dev.banger.core.host.VsockPorts;
import dev.banger.core.model.BangerException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Whether guests' agents are reached by vsock. A vsock has no permissions: any user of the host may
 * connect to any guest. So it is used only where the daemon may connect from a port that is kept
 * for root, and guests are told to insist on one; elsewhere the virtio-serial port does, whose
 * socket is in a private directory.
 */
final class VhostVsock {
  static final Path DEVICE = Path.of("/dev/vhost-vsock");

  /** Read by the agent. */
  static final String KERNEL_ARGUMENT = "banger.vsock=reserved";

  private final Path device;
  private final BooleanSupplier reservedPorts;

  VhostVsock(Path device) {
    this(device, VsockPorts::mayUseReserved);
  }

  VhostVsock(Path device, BooleanSupplier reservedPorts) {
    this.device = device;
    this.reservedPorts = reservedPorts;
  }

  boolean usable() {
    if (!Files.exists(device)) {
      return false;
    }
    try (FileChannel opened =
        FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return opened.isOpen() && reservedPorts.getAsBoolean();
    } catch (IOException e) {
      return false;
    }
  }

  /** What became of a QEMU with a vsock. */
  enum Outcome {
    ADDRESS_TAKEN,
    UNUSABLE,
    OTHER
  }

  /** By what QEMU wrote before it ended, which is in the failure's details. */
  static Outcome outcome(BangerException failure) {
    List<String> said =
        failure.details().stream().filter(line -> line.contains("vhost-vsock: ")).toList();
    if (said.isEmpty()) {
      return Outcome.OTHER;
    }
    boolean taken =
        said.stream()
            .anyMatch(line -> line.endsWith("unable to set guest cid: Address already in use"));
    return taken ? Outcome.ADDRESS_TAKEN : Outcome.UNUSABLE;
  }
}
