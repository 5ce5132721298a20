package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How VMs are on the host's network. Calls for one VM come one at a time, under its lock; for
 * different VMs in parallel. Failures are {@link dev.banger.core.model.BangerException}s.
 */
public interface HostNetwork {
  /**
   * How the VM is on the network, or will be when it is started next. Quick, and does not fail: a
   * VM that cannot be put on the network hears of it in {@link #attach}.
   */
  Plan plan(VmRecord vm);

  /**
   * Makes what a launch with this plan needs. May be repeated. Whoever calls it sees to it that
   * {@link #release} is called, whether it succeeds or not.
   */
  void attach(VmRecord vm, Plan plan) throws InterruptedException;

  /** Takes up what a VM has that an earlier daemon started, and that is alive. */
  void adopt(VmRecord vm) throws InterruptedException;

  /** Gives back what a VM has whose VMM is dead. Succeeds when there is nothing. */
  void release(VmRecord vm);

  /**
   * Of these VMs, those of which a device may be left: one look at the host for all of them. Naming
   * one too many costs a closer look at it, one too few leaves something behind.
   */
  default Set<VmId> traces(List<VmPaths> vms) {
    return vms.stream().map(VmPaths::id).collect(Collectors.toSet());
  }

  /** Removes what is provably ours and belongs to no VM. */
  void sweep(Predicate<VmId> exists) throws InterruptedException;

  Status status();

  /** One VM's place on the network. */
  sealed interface Plan {
    /** {@code user} or {@code bridge}. */
    String mode();

    /** By which the host reaches the guest. */
    String address();

    /** The host's device; empty when there is none. */
    String device();

    String bridge();

    /** In CIDR notation; empty when there is none. */
    String subnet();

    /** What the guest is told of itself. */
    GuestLink.NetworkConfig guest();

    /** For the VMM. */
    LaunchPlan.Network launch(VmRecord vm);
  }

  /** The guest is behind its VMM. */
  record User(String address) implements Plan {
    @Override
    public String mode() {
      return "user";
    }

    @Override
    public String device() {
      return "";
    }

    @Override
    public String bridge() {
      return "";
    }

    @Override
    public String subnet() {
      return "";
    }

    /** These three addresses are fixed defaults of QEMU. */
    @Override
    public GuestLink.NetworkConfig guest() {
      return new GuestLink.NetworkConfig("10.0.2.15/24", "10.0.2.2", List.of("10.0.2.3"));
    }

    @Override
    public LaunchPlan.Network launch(VmRecord vm) {
      return new LaunchPlan.UserNetwork(mac(vm), address, vm.spec().nat(), List.of());
    }

    /** Locally administered, and derived from the id so that it is stable and unique. */
    private static String mac(VmRecord vm) {
      String id = vm.id().value();
      StringBuilder mac = new StringBuilder("06");
      for (int i = 0; i < 10; i += 2) {
        mac.append(':').append(id, i, i + 2);
      }
      return mac.toString();
    }
  }

  /**
   * The guest has an address of its own on a bridge of the host.
   *
   * @param device at most 15 characters
   * @param prefix of the subnet, 8 to 16
   * @param nameservers for the guest; may be empty
   */
  record Bridge(
      String device,
      String bridge,
      String address,
      int prefix,
      String subnet,
      String gateway,
      String mac,
      List<String> nameservers)
      implements Plan {
    public Bridge {
      nameservers = List.copyOf(nameservers);
    }

    @Override
    public String mode() {
      return "bridge";
    }

    @Override
    public GuestLink.NetworkConfig guest() {
      return new GuestLink.NetworkConfig(address + "/" + prefix, gateway, nameservers);
    }

    @Override
    public LaunchPlan.Network launch(VmRecord vm) {
      return new LaunchPlan.TapNetwork(mac, device);
    }
  }

  /**
   * @param mode what VMs get that are started now
   * @param reason one sentence: why this one
   * @param problem why no VM can be started; empty when it can
   * @param remedy what to do about it; may be empty
   */
  record Status(
      String mode, String bridge, String subnet, String reason, String problem, String remedy) {}

  /** Without privileges, for all VMs. */
  HostNetwork USER_MODE =
      new HostNetwork() {
        @Override
        public Plan plan(VmRecord vm) {
          return new User(vm.address());
        }

        @Override
        public void attach(VmRecord vm, Plan plan) {}

        @Override
        public void adopt(VmRecord vm) {}

        @Override
        public void release(VmRecord vm) {}

        @Override
        public void sweep(Predicate<VmId> exists) {}

        @Override
        public Status status() {
          return new Status("user", "", "", "it needs no privileges", "", "");
        }
      };
}
