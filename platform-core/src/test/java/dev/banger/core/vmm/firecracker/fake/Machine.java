package dev.banger.core.vmm.firecracker.fake;

import dev.banger.core.vmm.firecracker.fake.ApiDescription.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** What Firecracker knows of the one VM it has: set up, then running, now and then paused. */
final class Machine {
  enum State {
    NOT_STARTED("Not started"),
    RUNNING("Running"),
    PAUSED("Paused");

    private final String text;

    State(String text) {
      this.text = text;
    }
  }

  private final String id;
  private final String version;
  private final Faults faults;
  private final Log log;
  private final boolean pci;
  private final Metrics metrics = new Metrics();
  private final Setup setup;
  private volatile State state = State.NOT_STARTED;
  private volatile boolean resumed;
  private Map<?, ?> metadata = Map.of();
  private String endAfterAnswer = "";

  Machine(String id, String version, Faults faults, Log log, boolean pci) {
    this.id = id;
    this.version = version;
    this.faults = faults;
    this.log = log;
    this.pci = pci;
    this.setup = new Setup(faults, log, metrics, this::guestServesVsock);
  }

  Metrics metrics() {
    return metrics;
  }

  /** The body of the answer; null when there is none. */
  Object apply(Operation operation, Object value) throws Refused, IOException {
    Map<?, ?> body = value instanceof Map<?, ?> map ? map : Map.of();
    String template = operation.template();
    switch (operation.method() + " " + template) {
      case "GET /" -> {
        return info();
      }
      case "GET /version" -> {
        return Map.of("firecracker_version", version);
      }
      case "GET /vm/config" -> {
        return setup.everything();
      }
      case "GET /machine-config" -> {
        return setup.machine();
      }
      case "GET /mmds" -> {
        return metadata;
      }
      case "PUT /mmds", "PATCH /mmds" -> metadata = body;
      case "PUT /actions" -> act((String) body.get("action_type"));
      case "PATCH /vm" -> pauseOrResume((String) body.get("state"));
      case "PUT /snapshot/create" -> saveSnapshot(body);
      case "PUT /snapshot/load" -> {
        notStarted();
        loadSnapshot(body);
      }
      case "PUT /drives/{drive_id}", "PUT /network-interfaces/{iface_id}", "PUT /pmem/{id}" -> {
        if (state != State.NOT_STARTED && !pci) {
          throw new Refused("PCI is not enabled");
        }
        setup.put(operation, body);
      }
      default -> {
        boolean before = operation.method().equals("PUT") || template.equals("/machine-config");
        if (before) {
          notStarted();
          setup.put(operation, body);
        } else if (state == State.NOT_STARTED) {
          throw Refused.beforeStart();
        } else if (operation.method().equals("GET")) {
          return Map.of();
        }
      }
    }
    return null;
  }

  /** After the answer has been given. */
  void answered() {
    if (!endAfterAnswer.isEmpty()) {
      end(endAfterAnswer);
    }
  }

  /** After the refusal has been given. */
  void refused() {
    answered();
  }

  private Map<String, Object> info() {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("id", id);
    info.put("state", state.text);
    info.put("vmm_version", version);
    info.put("app_name", "Firecracker");
    return info;
  }

  private void act(String action) throws Refused, IOException {
    switch (action) {
      case "InstanceStart" -> {
        notStarted();
        faults.of("exit start").ifPresent(this::end);
        setup.checkBootable();
        state = State.RUNNING;
        setup.flushMetrics(false);
        boot();
      }
      case "FlushMetrics" -> {
        started();
        setup.flushMetrics(true);
      }
      case "SendCtrlAltDel" -> {
        started();
        boolean taken = state == State.RUNNING && hasGuest();
        if (taken && faults.is("ctrl-alt-del", "halts")) {
          console("[    9.87] reboot: System halted");
        } else if (taken && !faults.is("ctrl-alt-del", "ignored")) {
          console("reboot: Restarting system");
          endAfterAnswer = "0";
        }
      }
      default -> throw new IllegalStateException(action);
    }
  }

  private void boot() throws IOException {
    if (hasGuest()) {
      console("fake guest is up");
    }
    setup.guestIsUp();
    faults.of("exit started").ifPresent(how -> endAfterAnswer = how);
  }

  private void pauseOrResume(String wanted) throws Refused {
    started();
    if (wanted.equals("Paused")) {
      state = State.PAUSED;
    } else if (state == State.PAUSED) {
      resumed = true;
      state = State.RUNNING;
    }
  }

  private void saveSnapshot(Map<?, ?> body) throws Refused, IOException {
    started();
    if (state != State.PAUSED) {
      throw new Refused(
          "Create snapshot error: Cannot save the microVM state: Operation not allowed: not"
              + " paused");
    }
    Files.writeString(Path.of((String) body.get("snapshot_path")), "state of " + id);
    Files.writeString(Path.of((String) body.get("mem_file_path")), "memory of " + id);
  }

  private void loadSnapshot(Map<?, ?> body) throws Refused {
    if (setup.begun()) {
      throw new Refused(
          "Load snapshot error: Loading a microVM snapshot not allowed after configuring"
              + " boot-specific resources.");
    }
    if (!Files.exists(Path.of((String) body.get("snapshot_path")))) {
      endAfterAnswer = "1"; // it is not fit for another try then
      throw new Refused(
          "Load snapshot error: Failed to restore from snapshot: Failed to get snapshot state from"
              + " file: Failed to open snapshot file: No such file or directory (os error 2)");
    }
    state = Boolean.TRUE.equals(body.get("resume_vm")) ? State.RUNNING : State.PAUSED;
  }

  private void console(String line) throws IOException {
    if (setup.serial() == null) {
      System.out.println(line);
    } else {
      Files.writeString(setup.serial(), line + "\n", StandardOpenOption.APPEND);
    }
  }

  private boolean hasGuest() {
    return !faults.is("guest", "none");
  }

  private boolean guestServesVsock() {
    return state == State.RUNNING
        && hasGuest()
        && !(resumed && faults.is("vsock", "dies-after-resume"));
  }

  private void notStarted() throws Refused {
    if (state != State.NOT_STARTED) {
      throw Refused.afterStart();
    }
  }

  private void started() throws Refused {
    if (state == State.NOT_STARTED) {
      throw Refused.beforeStart();
    }
  }

  private void end(String how) {
    try {
      if (!how.equals("KILL") && state != State.NOT_STARTED) {
        setup.flushMetrics(true);
      }
    } catch (IOException e) {
      System.out.println("metrics: " + e);
    }
    log.lastWords(how);
    Exit.with(how);
  }
}
