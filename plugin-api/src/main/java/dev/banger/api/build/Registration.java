package dev.banger.api.build;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandFollower;
import dev.banger.api.CommandHandler;
import dev.banger.api.CommandSpec;
import dev.banger.api.DoctorCheck;
import dev.banger.api.DoctorFix;
import dev.banger.api.LaunchContributor;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Permission;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.Sweeper;
import dev.banger.api.UseSource;
import dev.banger.api.Validator;
import dev.banger.api.VmEventHandler;
import dev.banger.api.VmRemovedHandler;
import dev.banger.api.Watcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
  private static final Pattern PLUGIN_ID = Pattern.compile("[a-z][a-z0-9-]{0,39}");
  private static final int MAX_PURPOSE = 200;

  private String purpose = "";
  private final SortedSet<Permission> permissions = new TreeSet<>();
  private final Map<String, Command> commands = new TreeMap<>();
  private final Map<String, DoctorCheck> checks = new TreeMap<>();
  private final Map<String, DoctorFix> fixes = new TreeMap<>();
  private final Map<String, CommandFollower> followers = new TreeMap<>();
  private final Map<String, String> requirements = new TreeMap<>();
  private final List<Step<?>> steps = new ArrayList<>();
  private Record config;
  private Validator validator;
  private LaunchContributor contributor;
  private VmRemovedHandler vmRemoved;
  private VmEventHandler events;
  private Sweeper sweeper;
  private Watcher watcher;
  private UseSource useSource;

  private Registration() {}

  /** A command with its handler. */
  public record Command(CommandSpec spec, CommandHandler handler) {}

  /** A step with its code. */
  public record Step<R extends Record>(StepSpec spec, Class<R> receipt, LifecycleStep<R> code) {}

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

  /** By the id of their check, sorted; not every check has one. */
  public Map<String, DoctorFix> fixes() {
    return Collections.unmodifiableMap(fixes);
  }

  /** By the role of what they follow, sorted. */
  public Map<String, CommandFollower> followers() {
    return Collections.unmodifiableMap(followers);
  }

  /** The ranges of versions of the plugins it needs, by id, sorted. */
  public Map<String, String> requirements() {
    return Collections.unmodifiableMap(requirements);
  }

  /** In the order of declaration. */
  public List<Step<?>> steps() {
    return Collections.unmodifiableList(steps);
  }

  /** The defaults of its configuration, if it has one. */
  public Optional<Record> config() {
    return Optional.ofNullable(config);
  }

  public Optional<Validator> validator() {
    return Optional.ofNullable(validator);
  }

  public Optional<LaunchContributor> contributor() {
    return Optional.ofNullable(contributor);
  }

  public Optional<VmRemovedHandler> vmRemoved() {
    return Optional.ofNullable(vmRemoved);
  }

  public Optional<VmEventHandler> events() {
    return Optional.ofNullable(events);
  }

  public Optional<Sweeper> sweeper() {
    return Optional.ofNullable(sweeper);
  }

  public Optional<Watcher> watcher() {
    return Optional.ofNullable(watcher);
  }

  public Optional<UseSource> useSource() {
    return Optional.ofNullable(useSource);
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
    public void requires(String plugin, String range) {
      still();
      require(PLUGIN_ID.matcher(plugin).matches(), "not an id of a plugin: \"" + plugin + "\"");
      require(!range.isBlank() && range.length() <= 100, "no range of versions: \"" + range + "\"");
      require(requirements.putIfAbsent(plugin, range) == null, "required twice: " + plugin);
    }

    @Override
    public void config(Record defaults) {
      still();
      require(config == null, "configuration declared twice");
      PlainRecords.check(defaults.getClass());
      config = defaults;
    }

    @Override
    public void validate(Validator code) {
      still();
      require(validator == null, "validator declared twice");
      validator = Objects.requireNonNull(code);
    }

    @Override
    public void contribute(LaunchContributor code) {
      still();
      require(contributor == null, "contributor declared twice");
      contributor = Objects.requireNonNull(code);
    }

    @Override
    public <R extends Record> void step(StepSpec spec, Class<R> receipt, LifecycleStep<R> step) {
      still();
      Objects.requireNonNull(step);
      PlainRecords.check(receipt);
      require(
          steps.stream().noneMatch(other -> other.spec().name().equals(spec.name())),
          "step declared twice: " + spec.name());
      steps.add(new Step<>(spec, receipt, step));
    }

    @Override
    public void vmRemoved(VmRemovedHandler handler) {
      still();
      require(vmRemoved == null, "vmRemoved declared twice");
      vmRemoved = Objects.requireNonNull(handler);
    }

    @Override
    public void events(VmEventHandler handler) {
      still();
      require(events == null, "events declared twice");
      events = Objects.requireNonNull(handler);
    }

    @Override
    public void sweep(Sweeper code) {
      still();
      require(sweeper == null, "sweeper declared twice");
      sweeper = Objects.requireNonNull(code);
    }

    @Override
    public void watch(Watcher code) {
      still();
      require(watcher == null, "watcher declared twice");
      watcher = Objects.requireNonNull(code);
    }

    @Override
    public void use(UseSource source) {
      still();
      require(useSource == null, "source of use declared twice");
      useSource = Objects.requireNonNull(source);
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

    @Override
    public void doctor(String id, DoctorCheck check, DoctorFix fix) {
      doctor(id, check);
      fixes.put(id, Objects.requireNonNull(fix));
    }

    @Override
    public void after(String role, CommandFollower follower) {
      still();
      Objects.requireNonNull(follower);
      require(CommandSpec.isRole(role), "not a role of commands: \"" + role + "\"");
      require(followers.putIfAbsent(role, follower) == null, "followed twice: " + role);
    }

    private void still() {
      if (!open) {
        throw new IllegalStateException("declarations are made inside register, not later");
      }
    }
  }
}
