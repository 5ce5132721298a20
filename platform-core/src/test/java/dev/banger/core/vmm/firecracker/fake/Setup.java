package dev.banger.core.vmm.firecracker.fake;

import dev.banger.core.vmm.firecracker.fake.ApiDescription.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The resources of a VM. What they need of the host is looked at when they are put. */
final class Setup {
  private final Faults faults;
  private final Log log;
  private final Metrics metrics;
  private final BooleanSupplier guestServesVsock;
  private final Map<String, Object> parts = new LinkedHashMap<>();
  private final Map<String, Map<?, ?>> drives = new LinkedHashMap<>();
  private final Map<String, Map<?, ?>> cards = new LinkedHashMap<>();
  private final Map<String, Object> machine = new LinkedHashMap<>();
  private HybridVsock vsock;
  private Path serial;
  private boolean begun;

  Setup(Faults faults, Log log, Metrics metrics, BooleanSupplier guestServesVsock) {
    this.faults = faults;
    this.log = log;
    this.metrics = metrics;
    this.guestServesVsock = guestServesVsock;
    machine.put("vcpu_count", 1);
    machine.put("mem_size_mib", 128);
    machine.put("smt", false);
    machine.put("track_dirty_pages", false);
    machine.put("huge_pages", "None");
  }

  void put(Operation operation, Map<?, ?> body) throws Refused, IOException {
    switch (operation.template()) {
      case "/logger" -> log(body);
      case "/metrics" -> count(body);
      case "/serial" -> serial = body.get("serial_out_path") instanceof String p ? file(p) : null;
      case "/cpu-config" -> {}
      default -> {
        begun = true;
        putPart(operation, body);
      }
    }
  }

  private void putPart(Operation operation, Map<?, ?> body) throws Refused, IOException {
    switch (operation.template()) {
      case "/machine-config" -> configure(body);
      case "/boot-source" -> bootFrom(body);
      case "/drives/{drive_id}" -> drive(operation.id(), body);
      case "/network-interfaces/{iface_id}" -> card(operation.id(), body);
      case "/vsock" -> vsock(body);
      case "/mmds/config" -> mmds(body);
      default -> parts.put(operation.template().substring(1), body);
    }
  }

  /** Whether a snapshot can be loaded no more. */
  boolean begun() {
    return begun;
  }

  /** Where the console goes; null when to standard output. */
  Path serial() {
    return serial;
  }

  Map<String, Object> machine() {
    return machine;
  }

  Map<String, Object> everything() {
    Map<String, Object> all = new LinkedHashMap<>(parts);
    all.put("drives", new ArrayList<>(drives.values()));
    all.put("machine-config", machine);
    all.put("network-interfaces", new ArrayList<>(cards.values()));
    return all;
  }

  void flushMetrics(boolean traffic) throws IOException {
    metrics.flush(drives.keySet(), cards.keySet(), traffic);
  }

  void guestIsUp() {
    if (vsock != null) {
      vsock.tellReadiness();
    }
  }

  void checkBootable() throws Refused, IOException {
    if (!(parts.get("boot-source") instanceof Map<?, ?> boot)) {
      throw new Refused("Start microvm error: Cannot start microvm without kernel configuration.");
    }
    try (InputStream kernel = Files.newInputStream(file((String) boot.get("kernel_image_path")))) {
      byte[] magic = kernel.readNBytes(4);
      if (!new String(magic, StandardCharsets.ISO_8859_1).equals("\u007fELF")) {
        throw new Refused(
            "Start microvm error: System configuration error: Cannot load kernel due to invalid"
                + " memory configuration or invalid kernel image: Kernel Loader: failed to load ELF"
                + " kernel image: Kernel Loader: Invalid Elf magic number");
      }
    }
  }

  private void configure(Map<?, ?> body) throws Refused {
    Map<String, Object> next = new LinkedHashMap<>(machine);
    body.forEach((name, value) -> next.put(name.toString(), value));
    long cpus = ((Number) next.get("vcpu_count")).longValue();
    if (Boolean.TRUE.equals(next.get("smt")) && cpus > 1 && cpus % 2 == 1) {
      throw new Refused(
          "Machine config error: The number of vCPUs must be greater than 0, less than 32 and must"
              + " be 1 or an even number if SMT is enabled.");
    }
    if (((Number) next.get("mem_size_mib")).longValue() == 0) {
      throw new Refused(
          "Machine config error: The memory size (MiB) is either 0, or not a multiple of the"
              + " configured page size.");
    }
    machine.putAll(next);
  }

  private void log(Map<?, ?> body) throws Refused {
    if (body.get("log_path") instanceof String path) {
      try {
        log.to(file(path), Boolean.TRUE.equals(body.get("show_level")));
      } catch (IOException e) {
        throw new Refused("Logger error: Failed to open target file: " + reason(e));
      }
    }
  }

  private void count(Map<?, ?> body) throws Refused {
    String trouble = "Metrics error: Cannot initialize the metrics system due to bad user input: ";
    if (metrics.isOpen()) {
      throw new Refused(trouble + "Reinitialization of metrics not allowed.");
    }
    try {
      metrics.open(file((String) body.get("metrics_path")));
    } catch (IOException e) {
      throw new Refused(trouble + reason(e));
    }
  }

  private void bootFrom(Map<?, ?> body) throws Refused {
    readable(
        body.get("kernel_image_path"), "Boot source error: The kernel file cannot be opened: ");
    if (body.get("initrd_path") instanceof String initrd) {
      readable(
          initrd,
          "Boot source error: The initrd file cannot be opened due to invalid path or invalid"
              + " permissions. ");
    }
    parts.put("boot-source", body);
  }

  private void drive(String id, Map<?, ?> body) throws Refused {
    sameId(id, body.get("drive_id"));
    boolean virtio = body.get("path_on_host") != null && body.get("socket") == null;
    boolean vhostUser =
        body.get("socket") != null
            && body.get("path_on_host") == null
            && body.get("is_read_only") == null;
    if (!virtio && !vhostUser) {
      throw new Refused(
          "Drive config error: Unable to create the virtio block device: Invalid block config.");
    }
    if (virtio) {
      Path path = file((String) body.get("path_on_host"));
      StandardOpenOption how =
          Boolean.TRUE.equals(body.get("is_read_only"))
              ? StandardOpenOption.READ
              : StandardOpenOption.WRITE;
      try {
        FileChannel.open(path, how).close();
      } catch (IOException e) {
        throw new Refused(
            "Drive config error: Unable to create the virtio block device: Virtio backend error:"
                + " Error manipulating the backing file: %s %s".formatted(reason(e), path));
      }
    }
    boolean root = Boolean.TRUE.equals(body.get("is_root_device"));
    if (root
        && drives.values().stream()
            .anyMatch(
                other ->
                    Boolean.TRUE.equals(other.get("is_root_device"))
                        && !id.equals(other.get("drive_id")))) {
      throw new Refused("Drive config error: A root block device already exists!");
    }
    drives.put(id, body);
  }

  private void card(String id, Map<?, ?> body) throws Refused {
    if (!id.equals(body.get("iface_id"))) {
      throw new Refused(
          "The id from the path [%s] does not match the id from the body [%s]!"
              .formatted(id, body.get("iface_id")));
    }
    if (body.get("guest_mac") instanceof String mac
        && !mac.matches("([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")) {
      throw new Refused(
          "An error occurred when deserializing the json body of a request: The provided MAC address"
              + " is invalid.");
    }
    String device = (String) body.get("host_dev_name");
    if (!faults.is("taps", "any") && !Files.exists(Path.of("/sys/class/net", device))) {
      throw new Refused(
          "Network config error: Could not create the network device: Open tap device failed:"
              + " Error while creating ifreq structure: Operation not permitted (os error 1). Invalid TUN/TAP Backend provided"
              + " by %s. Check our documentation on setting up the network devices."
                  .formatted(device));
    }
    for (Map.Entry<String, Map<?, ?>> other : cards.entrySet()) {
      if (!other.getKey().equals(id)
          && body.get("guest_mac") != null
          && body.get("guest_mac").equals(other.getValue().get("guest_mac"))) {
        throw new Refused(
            "Network config error: The MAC address is already in use: " + body.get("guest_mac"));
      }
    }
    cards.put(id, body);
  }

  private void vsock(Map<?, ?> body) throws Refused {
    Path path = file((String) body.get("uds_path"));
    try {
      if (vsock == null || !vsock.isAt(path)) {
        vsock = new HybridVsock(path, faults, guestServesVsock);
      }
    } catch (IOException e) {
      throw new Refused(
          "Vsock config error: Cannot create backend for vsock device: Error binding to the"
              + " host-side Unix socket: "
              + reason(e));
    }
    parts.put("vsock", body);
  }

  private void mmds(Map<?, ?> body) throws Refused {
    for (Object card : (Iterable<?>) body.get("network_interfaces")) {
      if (!cards.containsKey(card.toString())) {
        throw new Refused(
            "MMMDS config error: The list of network interface IDs provided contains at least one"
                + " ID that does not correspond to any existing network interface.");
      }
    }
    parts.put("mmds-config", body);
  }

  private static void sameId(String fromPath, Object fromBody) throws Refused {
    if (!fromPath.equals(fromBody)) {
      throw new Refused("The id from the path does not match the id from the body!");
    }
  }

  private static void readable(Object path, String trouble) throws Refused {
    try {
      FileChannel.open(file((String) path), StandardOpenOption.READ).close();
    } catch (IOException e) {
      throw new Refused(trouble + reason(e));
    }
  }

  private static Path file(String path) {
    return Path.of(path);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory (os error 2)";
      case AccessDeniedException _ -> "Permission denied (os error 13)";
      case BindException _ -> "Address in use (os error 98)";
      default -> e.getMessage();
    };
  }
}
