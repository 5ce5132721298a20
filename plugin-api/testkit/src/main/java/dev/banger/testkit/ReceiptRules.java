package dev.banger.testkit;

import dev.banger.api.Stopped;
import dev.banger.api.VmView;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.PlainRecords;
import dev.banger.api.build.Registration;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.JsonTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A VM that was started by an older version of the plugin is stopped by this one. */
final class ReceiptRules {
  /** When true, the receipt of a version that has none yet is written. */
  static final String WRITE = "banger.receipts.write";

  private ReceiptRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    for (Registration.Step<?> step : subject.registration().steps()) {
      String name = step.spec().name();
      rules.add(
          new Rule(
              "a receipt of step " + name + " of this version is kept",
              () -> isKept(subject, step)));
      for (int version = 1; version <= step.spec().receiptVersion(); version++) {
        int written = version;
        if (Files.exists(file(subject, name, version))) {
          rules.add(
              new Rule(
                  "a receipt of step %s of version %d is still read and stopped"
                      .formatted(name, version),
                  () -> isRead(subject, name, written)));
        }
      }
    }
    return rules;
  }

  private static Path file(Subject subject, String step, int version) {
    return subject.author().receipts().resolve(step).resolve(version + ".json");
  }

  private static void isKept(Subject subject, Registration.Step<?> step) throws IOException {
    Path file = file(subject, step.spec().name(), step.spec().receiptVersion());
    if (Files.exists(file)) {
      return;
    }
    String receipt =
        subject.reference().rows().stream()
            .filter(row -> row.step().equals(step.spec().name()))
            .findFirst()
            .flatMap(JournalRow::receiptJson)
            .map(json -> JsonText.pretty(JsonTrees.tree(json)))
            .orElseThrow(() -> new AssertionError("the step left no receipt"));
    if (Boolean.getBoolean(WRITE)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, receipt);
      return;
    }
    throw new AssertionError(
        """
        there is no %s. Run with -D%s=true to have it written, or put this there, and keep it for \
        as long as VMs may run that were started with it:
        %s"""
            .formatted(file, WRITE, receipt));
  }

  private static void isRead(Subject subject, String name, int version)
      throws IOException, InterruptedException {
    Map<String, Object> fields = JsonTrees.tree(Files.readString(file(subject, name, version)));
    World world = subject.world();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      Registration.Step<?> step =
          rig.registration().steps().stream()
              .filter(each -> each.spec().name().equals(name))
              .findFirst()
              .orElseThrow();
      Problems.none("with a receipt of version " + version, stop(rig, step, vm, version, fields));
    }
  }

  private static <R extends Record> List<String> stop(
      Rig rig, Registration.Step<R> step, VmView vm, int version, Map<String, Object> fields)
      throws InterruptedException {
    int now = step.spec().receiptVersion();
    R receipt;
    try {
      receipt =
          version == now
              ? PlainRecords.fromTree(step.receipt(), fields)
              : step.code().upgrade(version, fields);
    } catch (RuntimeException e) {
      return List.of(
          version == now
              ? "it cannot be read: %s. The record has changed: raise receiptVersion to %d, and read version %d in upgrade"
                  .formatted(e.getMessage(), now + 1, now)
              : "upgrade cannot read it: " + e.getMessage());
    }
    if (receipt == null) {
      return List.of("upgrade returned null");
    }
    return StepRules.stop(rig, step, vm, Optional.of(receipt)) instanceof Stopped.Pending pending
        ? List.of("it is not stopped: " + pending.why())
        : List.of();
  }
}
