package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.Column;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a plugin adds to the command line. */
final class CommandRules {
  private CommandRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    Map<String, Registration.Command> commands = subject.registration().commands();
    if (!commands.isEmpty()) {
      rules.add(
          new Rule(
              "every command shows how it is typed",
              () -> commands.values().forEach(command -> showsItself(command.spec()))));
    }
    for (CommandCase use : subject.author().commandCases()) {
      rules.add(
          new Rule(
              "\"%s\" %s answers what its columns show".formatted(use.path(), use.values()),
              () -> answers(subject, use)));
    }
    return rules;
  }

  private static void showsItself(CommandSpec spec) {
    if (spec.isHidden()) {
      return;
    }
    assertThat(spec.examples())
        .as("examples of " + spec.path())
        .isNotEmpty()
        .allSatisfy(example -> assertThat(example).startsWith("banger " + spec.path()));
  }

  private static void answers(Subject subject, CommandCase use) throws InterruptedException {
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      if (rig.registration().steps().isEmpty() || subject.reference().failure().isPresent()) {
        world.state(vm, "running");
      } else {
        rig.start(vm);
      }
      Registration.Command command = rig.registration().commands().get(use.path());
      assertThat(command).as("the command \"%s\"", use.path()).isNotNull();
      List<Map<String, ?>> rows = run(rig, command, use);
      for (Map<String, ?> row : rows) {
        assertThat(row.keySet())
            .as("fields of a row of \"%s\"", use.path())
            .containsAll(
                command.spec().columns().stream()
                    .filter(column -> !column.sparse())
                    .map(Column::field)
                    .toList());
      }
    }
  }

  private static List<Map<String, ?>> run(Rig rig, Registration.Command command, CommandCase use)
      throws InterruptedException {
    try {
      return rig.gate()
          .enter(
              command.spec().path(),
              command.spec().deadline(),
              lease -> {
                FakeCommandCall call =
                    FakeCommandCall.of(
                        command.spec(), use.values(), Path.of("/"), rig.context(lease));
                CommandResult result = command.handler().run(call);
                if (!result.failures().isEmpty()) {
                  throw result.failures().getFirst();
                }
                List<Map<String, ?>> rows = new ArrayList<>(call.rows());
                rows.addAll(FakeCommandCall.rowsOf(result));
                rows.removeIf(Map::isEmpty);
                return rows;
              });
    } catch (CapabilityException e) {
      throw new AssertionError(
          "\"%s\" %s failed: %s".formatted(use.path(), use.values(), e.getMessage()), e);
    }
  }
}
