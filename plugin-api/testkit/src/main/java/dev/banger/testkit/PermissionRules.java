package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandResult;
import dev.banger.api.Permission;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What a plugin asks of the host. */
final class PermissionRules {
  private PermissionRules() {}

  static List<Rule> of(Subject subject) {
    return List.of(
        new Rule("whatever it asks of the host, it has declared", () -> declared(subject)));
  }

  private static void declared(Subject subject) throws InterruptedException {
    try (Quiet _ = new Quiet()) {
      useEverything(subject);
    }
    Set<Permission> needed = new TreeSet<>(subject.permissions().asked());
    Set<Permission> declared = subject.registration().permissions();
    needed.removeAll(declared);
    assertThat(needed).as("permissions it uses and does not declare with needs(...)").isEmpty();
    Set<Permission> unused = new TreeSet<>(declared);
    unused.removeAll(subject.permissions().asked());
    if (!unused.isEmpty()) {
      subject.report("declared, but not used in these tests", unused.toString());
    }
  }

  /** Once each, whatever comes of it. */
  private static void useEverything(Subject subject) throws InterruptedException {
    World world = subject.world();
    VmView vm = subject.vm(world, "web");
    try (Rig rig = subject.rig(world)) {
      attempt(
          () -> {
            rig.start(vm);
            rig.recover(vm);
            return null;
          });
      Registration plugin = rig.registration();
      Duration limit = Duration.ofSeconds(10);
      plugin
          .checks()
          .forEach(
              (id, check) ->
                  attempt(() -> rig.gate().enter(id, limit, l -> check.run(rig.context(l)))));
      for (CommandCase use : subject.author().commandCases()) {
        Registration.Command command = plugin.commands().get(use.path());
        attempt(
            () ->
                rig.gate()
                    .enter(
                        use.path(),
                        limit,
                        lease ->
                            command
                                .handler()
                                .run(
                                    FakeCommandCall.of(
                                        command.spec(),
                                        use.values(),
                                        Path.of("/"),
                                        rig.context(lease)))));
      }
      for (String role : plugin.followers().keySet()) {
        attempt(() -> follow(rig, role, Map.of(), CommandResult.none()));
      }
      for (FollowerCase use : subject.author().followerCases()) {
        attempt(() -> follow(rig, use.role(), use.values(), CommandResult.object(use.result())));
      }
      plugin
          .sweeper()
          .ifPresent(
              sweeper ->
                  attempt(
                      () ->
                          rig.gate()
                              .enter(
                                  "sweep",
                                  limit,
                                  lease -> sweeper.sweep(_ -> true, rig.context(lease)))));
      plugin
          .watcher()
          .ifPresent(
              watcher ->
                  attempt(
                      () ->
                          rig.gate()
                              .enter(
                                  "watch", limit, lease -> watcher.drifted(rig.context(lease)))));
      plugin
          .useSource()
          .ifPresent(
              source ->
                  attempt(
                      () ->
                          rig.gate()
                              .enter("use", limit, lease -> source.use(vm, rig.context(lease)))));
      attempt(() -> rig.stop(vm));
    } catch (CapabilityException e) {
      // It cannot even be opened or closed; another rule says so.
    }
  }

  private static Object follow(
      Rig rig, String role, Map<String, String> values, CommandResult result)
      throws InterruptedException {
    FollowerRules.follow(rig, role, values, result);
    return role;
  }

  private static void attempt(java.util.concurrent.Callable<?> use) {
    try {
      use.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      // Whether it works is for other rules.
    }
  }
}
