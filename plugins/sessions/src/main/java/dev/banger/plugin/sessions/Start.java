package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.GuestPath;
import dev.banger.api.TerminalStreams;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code vm session start}. */
final class Start {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Duration TURN = Duration.ofSeconds(10);
  private static final String WORKSPACE = "/root/repo";

  /** Until somebody attaches and says how large theirs is. */
  private static final TerminalStreams.Size SIZE = new TerminalStreams.Size(24, 80);

  private final CommandCall call;
  private final CapabilityHost host;
  private final VmView vm;

  private Start(CommandCall call, VmView vm) {
    this.call = call;
    this.host = call.host();
    this.vm = vm;
  }

  static CommandResult run(CommandCall call) throws Exception {
    if (call.flag("tty") && call.flag("pipe")) {
      throw new CapabilityException(
          FailureKind.USAGE, "--tty and --pipe exclude each other", "leave one out");
    }
    call.find("name").ifPresent(Start::check);
    Sizes.kept(call.text("keep"));
    VmView vm = Named.running(call);
    Start start = new Start(call, vm);
    Map<String, String> env = environment(call.list("env"));
    String cwd = start.directory();
    // In turn, so that two that are to be named after the same program get two names.
    return call.host().withLock("start in " + vm.id(), TURN, () -> start.inTurn(cwd, env));
  }

  private static void check(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "a session's name is 1 to 63 lower-case letters, digits and hyphens, got \"%s\""
              .formatted(name),
          "--name dev, or leave it out");
    }
  }

  private static Map<String, String> environment(List<String> pairs) {
    Map<String, String> env = new LinkedHashMap<>();
    for (String pair : pairs) {
      String name = pair.substring(0, Math.max(0, pair.indexOf('=')));
      if (!VARIABLE.matcher(name).matches()) {
        // Not repeated: what is no name may be a secret.
        throw new CapabilityException(
            FailureKind.USAGE,
            "--env must be KEY=VALUE with a KEY of letters, digits and underscores, and one is not",
            "--env PORT=3000");
      }
      env.put(name, pair.substring(name.length() + 1));
    }
    return env;
  }

  private String directory() throws InterruptedException {
    Optional<String> given = call.find("cwd");
    if (given.isPresent()) {
      return given.get();
    }
    GuestPath there = host.stat(vm, WORKSPACE, Named.QUICK);
    return switch (there) {
      case DIRECTORY, EMPTY_DIRECTORY -> WORKSPACE;
      default -> "";
    };
  }

  private CommandResult inTurn(String cwd, Map<String, String> env) throws InterruptedException {
    String name = name();
    GuestJobSpec spec =
        new GuestJobSpec(
            name,
            call.list("command"),
            cwd,
            env,
            call.flag("tty") ? Optional.of(SIZE) : Optional.empty(),
            Sizes.kept(call.text("keep")),
            call.text("when-full").equals("wait"));
    if (call.flag("replace")) {
      replace(name);
    }
    GuestJob job;
    try {
      job = host.startJob(vm, spec, Named.QUICK);
    } catch (CapabilityException e) {
      throw refusal(spec, e);
    }
    Map<String, Object> answer = Words.details(job);
    answer.put("vm", vm.name());
    answer.put("message", message(job));
    return CommandResult.object(answer);
  }

  private void replace(String name) throws InterruptedException {
    try {
      host.forget(vm, name, Named.QUICK);
    } catch (CapabilityException e) {
      if (e.kind() != FailureKind.ILLEGAL_STATE) {
        throw e;
      }
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "session %s in VM %s is still running; --replace is for ended ones"
              .formatted(name, vm.name()),
          "banger vm session stop %s %s".formatted(vm.name(), name),
          e);
    }
  }

  private CapabilityException refusal(GuestJobSpec spec, CapabilityException e) {
    String program = spec.argv().getFirst();
    return switch (e.kind()) {
      case CONFLICT ->
          new CapabilityException(
              FailureKind.CONFLICT,
              "VM %s has a session %s already".formatted(vm.name(), spec.id()),
              "another --name; --replace when it has ended; or: banger vm session attach %s %s"
                  .formatted(vm.name(), spec.id()),
              e);
      case NOT_FOUND ->
          new CapabilityException(
              FailureKind.NOT_FOUND,
              "session %s was not started: VM %s has no command \"%s\""
                  .formatted(spec.id(), vm.name(), program),
              "a full path, or: banger vm exec %s -- sh -c 'command -v %s'"
                  .formatted(vm.name(), program),
              e);
      case INVALID ->
          new CapabilityException(
              FailureKind.INVALID,
              "session %s was not started: %s".formatted(spec.id(), e.getMessage()),
              "--cwd is a directory in the guest",
              e);
      case GUEST ->
          new CapabilityException(
              FailureKind.GUEST,
              "session %s was not started: %s".formatted(spec.id(), e.getMessage()),
              e.hint(),
              e);
      default -> e;
    };
  }

  /** The one that was asked for, or the program's, with a number when it is taken. */
  private String name() throws InterruptedException {
    Optional<String> given = call.find("name");
    if (given.isPresent()) {
      return given.get();
    }
    Set<String> taken =
        host.jobs(vm, Named.QUICK).stream()
            .map(GuestJob::id)
            .collect(Collectors.toCollection(HashSet::new));
    String base = base(call.list("command").getFirst());
    String name = base;
    for (int number = 2; taken.contains(name); number++) {
      name = base + "-" + number;
    }
    return name;
  }

  private static String base(String program) {
    String last = program.substring(program.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    String clean = last.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String cut = clean.substring(0, Math.min(clean.length(), 40));
    return cut.isEmpty() ? "session" : cut;
  }

  private static String message(GuestJob job) {
    return job.isRunning()
        ? "%s  started  pid %d  %s".formatted(job.id(), job.pid(), Words.cwd(job))
        : "%s  %s already: %s".formatted(job.id(), Words.state(job), Words.how(job));
  }
}
