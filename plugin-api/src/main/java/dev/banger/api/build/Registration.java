package dev.banger.api.build;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandHandler;
import dev.banger.api.CommandSpec;
import dev.banger.api.DoctorCheck;
import dev.banger.api.EarlyFileContributor;
import dev.banger.api.Permission;
import dev.banger.api.Registrar;
import dev.banger.api.VmRemovedHandler;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Everything one plugin declared, with its handlers. Not thread-safe until {@link #of} returns, and
 * never changed after.
 */
public final class Registration {
  private static final Pattern CHECK_ID = Pattern.compile("[a-z][a-z0-9-]{0,63}");
  private static final int MAX_PURPOSE = 200;

  private String purpose = "";
  private final SortedSet<Permission> permissions = new TreeSet<>();
  private final Map<String, Command> commands = new TreeMap<>();
  private final Map<String, DoctorCheck> checks = new TreeMap<>();
  private EarlyFileContributor earlyFiles;
  private VmRemovedHandler vmRemoved;

  private Registration() {}

  /** A command with its handler. */
  public record Command(CommandSpec spec, CommandHandler handler) {}

  /**
   * Asks a plugin for its declarations.
   *
   * @throws IllegalArgumentException naming the declaration that is malformed or missing
   */
  public static Registration of(CapabilityPlugin plugin) {
    Registration registration = new Registration();
    Recorder recorder = registration.new Recorder();
    plugin.register(recorder);
    recorder.open = false;
    require(!registration.purpose.isEmpty(), "a plugin describes itself: call describe");
    return registration;
  }

  public String purpose() {
    return purpose;
  }

  public SortedSet<Permission> permissions() {
    return Collections.unmodifiableSortedSet(permissions);
  }

  /** By path, sorted. */
  public Map<String, Command> commands() {
    return Collections.unmodifiableMap(commands);
  }

  /** By id, sorted. */
  public Map<String, DoctorCheck> checks() {
    return Collections.unmodifiableMap(checks);
  }

  public Optional<EarlyFileContributor> earlyFiles() {
    return Optional.ofNullable(earlyFiles);
  }

  public Optional<VmRemovedHandler> vmRemoved() {
    return Optional.ofNullable(vmRemoved);
  }

  /** The steps of a VM's life it takes part in, as {@code plugin list} shows them. */
  public Map<String, Boolean> steps() {
    Map<String, Boolean> steps = new LinkedHashMap<>();
    steps.put("early-files", earlyFiles != null);
    steps.put("vm-removed", vmRemoved != null);
    return steps;
  }

  private static void require(boolean fine, String problem) {
    if (!fine) {
      throw new IllegalArgumentException(problem);
    }
  }

  private final class Recorder implements Registrar {
    private boolean open = true;

    @Override
    public void describe(String text) {
      still();
      require(purpose.isEmpty(), "described twice");
      require(
          !text.isBlank() && text.length() <= MAX_PURPOSE && text.lines().count() == 1,
          "a description is one line of at most " + MAX_PURPOSE + " letters");
      purpose = text;
    }

    @Override
    public void needs(Permission... wanted) {
      still();
      for (Permission permission : wanted) {
        require(permissions.add(permission), "permission declared twice: " + permission);
      }
    }

    @Override
    public void earlyFiles(EarlyFileContributor contributor) {
      still();
      require(earlyFiles == null, "early files declared twice");
      earlyFiles = Objects.requireNonNull(contributor);
    }

    @Override
    public void vmRemoved(VmRemovedHandler handler) {
      still();
      require(vmRemoved == null, "vmRemoved declared twice");
      vmRemoved = Objects.requireNonNull(handler);
    }

    @Override
    public void command(CommandSpec spec, CommandHandler handler) {
      still();
      Objects.requireNonNull(handler);
      require(
          commands.putIfAbsent(spec.path(), new Command(spec, handler)) == null,
          "command declared twice: \"" + spec.path() + "\"");
    }

    @Override
    public void doctor(String id, DoctorCheck check) {
      still();
      Objects.requireNonNull(check);
      require(CHECK_ID.matcher(id).matches(), "not an id for a check: \"" + id + "\"");
      require(checks.putIfAbsent(id, check) == null, "check declared twice: " + id);
    }

    private void still() {
      if (!open) {
        throw new IllegalStateException("declarations are made inside register, not later");
      }
    }
  }
}
