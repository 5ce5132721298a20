package dev.banger.core.net;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.util.Optional;
import java.util.function.Predicate;

/** The TAP devices of VMs, each marked with its VM. Changed by one thread at a time. */
record VmDevices(IpTool ip, TapPool pool) {
  /** At most 15 characters, as the kernel wants it. */
  static String name(VmId id) {
    return NetworkSettings.DEVICE + id.value().substring(0, 8);
  }

  private static String alias(VmId id) {
    return NetworkSettings.ALIAS + id;
  }

  /** Gives the VM its device, or mends the one it has. */
  void attach(VmRecord vm) throws InterruptedException {
    String device = name(vm.id());
    String alias = alias(vm.id());
    if (ip.exists(device)) {
      Optional<Link> present = IpTool.named(device, ip.taps());
      if (present.isEmpty() || !present.get().alias().equals(alias)) {
        throw new BangerException(
            ErrorKind.CONFLICT,
            "the network device %s of vm \"%s\" is there already, and not its own"
                .formatted(device, vm.name()),
            "see whose it is: ip -d link show " + device);
      }
      pool.mend(device);
    } else {
      pool.give(device, alias);
    }
  }

  /** The VM's own device. */
  Optional<Link> own(VmRecord vm) throws InterruptedException {
    String device = name(vm.id());
    return ip.exists(device)
        ? IpTool.named(device, ip.taps()).filter(link -> link.alias().equals(alias(vm.id())))
        : Optional.empty();
  }

  /** Whether it carries the mark of a VM that does not exist. */
  static boolean isOrphan(Link tap, Predicate<VmId> exists) {
    String id =
        tap.alias().startsWith(NetworkSettings.ALIAS)
            ? tap.alias().substring(NetworkSettings.ALIAS.length())
            : "";
    return VmId.isValid(id) && tap.name().equals(name(new VmId(id))) && !exists.test(new VmId(id));
  }
}
