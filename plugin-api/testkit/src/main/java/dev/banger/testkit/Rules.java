package dev.banger.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;

/** All rules that apply to a plugin. */
final class Rules {
  private Rules() {}

  /**
   * Never empty: a plugin whose declarations cannot even be read, or that declares nothing, fails.
   */
  static Stream<DynamicNode> of(Subject subject) {
    List<DynamicNode> groups = new ArrayList<>();
    add(groups, "declarations", DeclarationRules.of(subject));
    if (!subject.declares()) {
      return groups.stream();
    }
    add(groups, "configuration", ConfigRules.of(subject));
    if (!subject.opens()) {
      return groups.stream();
    }
    add(groups, "permissions", PermissionRules.of(subject));
    add(groups, "commands", CommandRules.of(subject));
    add(groups, "following", FollowerRules.of(subject));
    add(groups, "checks", DoctorRules.of(subject));
    if (!subject.registration().steps().isEmpty()) {
      add(groups, "the prepared world", StepRules.preparation(subject));
      if (subject.reference().failure().isEmpty()) {
        add(groups, "start", StartRules.of(subject));
        add(groups, "stop", StopRules.of(subject));
        add(groups, "crash", CrashRules.of(subject));
        add(groups, "observe", ObserveRules.of(subject));
        add(groups, "receipts", ReceiptRules.of(subject));
        add(groups, "several VMs", ParallelRules.of(subject));
        add(groups, "deadlines", DeadlineRules.of(subject));
      }
    }
    add(groups, "fixes", FixRules.of(subject));
    add(groups, "watch", WatchRules.of(subject));
    add(groups, "use", UseRules.of(subject));
    add(groups, "sweep", SweepRules.of(subject));
    add(groups, "end", CloseRules.of(subject));
    return groups.stream();
  }

  private static void add(List<DynamicNode> groups, String name, List<Rule> rules) {
    if (!rules.isEmpty()) {
      groups.add(
          DynamicContainer.dynamicContainer(
              name,
              rules.stream().map(rule -> DynamicTest.dynamicTest(rule.sentence(), rule.test()))));
    }
  }
}
