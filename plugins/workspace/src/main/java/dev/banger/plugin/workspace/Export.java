package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.FailureKind;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.api.VmView;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code vm workspace export}: what a guest has made of its workspace comes back. */
final class Export {
  private static final Duration TURN = Duration.ofSeconds(2);

  static final CommandSpec COMMAND =
      CommandSpec.builder("vm workspace export", "Bring back what was changed in a VM's workspace")
          .description(
              "Compares the workspace in the VM with what was put there. --as patch writes one file"
                  + " for git apply; --as branch makes a branch of the guest's commits, with one"
                  + " more for what is not committed; --as files changes the files of the"
                  + " repository they came from, all or none, and refuses where they were changed"
                  + " here too. Ignored files stay in the VM. Nothing of the guest's is run on"
                  + " this host.")
          .example("banger vm workspace export web")
          .example("banger vm workspace export web --as branch")
          .example("banger vm workspace export web --as files --to ~/src/other-checkout")
          .role("vm.run.export")
          .deadline(Duration.ofMinutes(45))
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM; it must be running"))
          .option(
              ValueSpec.optional("as", ValueType.TEXT, "what becomes of the changes")
                  .oneOf("patch", "branch", "files")
                  .orElse("patch"))
          .option(
              ValueSpec.optional(
                  "to",
                  ValueType.TEXT,
                  "file of the patch (VM.patch), branch (banger/VM), or directory (the repository)"))
          .option(
              ValueSpec.optional(
                  "from", ValueType.TEXT, "directory in the VM (the one that was prepared last)"))
          .option(
              ValueSpec.optional(
                  "repo", ValueType.PATH, "repository of this host, if it is not where it was"))
          .option(
              ValueSpec.optional("max-size", ValueType.TEXT, "most that is taken from the VM")
                  .orElse("4GiB"))
          .build();

  static final CommandSpec CHANGES =
      CommandSpec.builder("vm workspace changes", "Whether anything was changed in a workspace")
          .hidden()
          .role("vm.run.changes")
          .deadline(Duration.ofMinutes(10))
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM; it must be running"))
          .build();

  private Export() {}

  static CommandResult export(CommandCall call) throws Exception {
    VmView vm = running(call);
    Limits limits = Limits.of(call.text("max-size"));
    return alone(call, vm, scratch -> export(call, vm, limits, scratch));
  }

  @FunctionalInterface
  private interface Body {
    CommandResult in(Path scratch) throws Exception;
  }

  private static CommandResult alone(CommandCall call, VmView vm, Body body) throws Exception {
    return call.host()
        .withLock(
            Stagings.lock(vm),
            TURN,
            () -> {
              Stagings.clear(call.context(), vm);
              try (Scratch scratch = Scratch.make(call.context())) {
                return body.in(scratch.dir());
              }
            });
  }

  private static CommandResult export(CommandCall call, VmView vm, Limits limits, Path scratch)
      throws Exception {
    Imported imported = chosen(call, vm, scratch);
    call.progress().started("read_guest");
    Review review = Review.of(call.context(), vm, imported, limits, scratch);
    call.progress().done("read_guest", review.words());
    Map<String, Object> fields = review.fields();
    List<String> remarks = new ArrayList<>(review.remarks());
    tellOthers(call, vm, imported, remarks);
    fields.put("as", call.text("as"));
    fields.put("from", imported.dest());
    if (review.isEmpty()) {
      fields.put("message", "nothing was changed in " + imported.dest());
    } else if (review.difference().isEmpty() && !call.text("as").equals("branch")) {
      fields.put(
          "message",
          "%s, but no file is other than it was; --as branch brings %s"
              .formatted(review.commits().words(), review.commits().count() == 1 ? "it" : "them"));
    } else {
      switch (call.text("as")) {
        case "branch" -> toBranch(call, vm, review, fields, remarks);
        case "files" -> toFiles(call, review, fields, remarks);
        default -> toPatch(call, vm, review, fields, remarks);
      }
    }
    fields.put("remarks", remarks);
    Told.to(call.progress(), review, fields, remarks);
    return CommandResult.object(fields);
  }

  static CommandResult changes(CommandCall call) throws Exception {
    VmView vm = running(call);
    return alone(call, vm, scratch -> changes(call, vm, scratch));
  }

  private static CommandResult changes(CommandCall call, VmView vm, Path scratch) throws Exception {
    Imported imported = latest(call, vm);
    Map<String, Object> fields = new LinkedHashMap<>();
    if (!Untouched.is(call.host(), vm, imported)) {
      Review review = Review.of(call.context(), vm, imported, Limits.of("4GiB"), scratch);
      fields.put("changed", !review.isEmpty());
      fields.put("files", review.difference().files());
      fields.put("commits", review.commits().count());
      fields.put("summary", review.isEmpty() ? "nothing" : review.words());
    } else {
      fields.put("changed", false);
      fields.put("files", 0);
      fields.put("commits", 0);
      fields.put("summary", "nothing");
    }
    return CommandResult.object(fields);
  }

  private static VmView running(CommandCall call) {
    VmView vm = call.host().resolve(call.text("vm"));
    if (!vm.isRunning()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "VM %s is %s, not running".formatted(vm.name(), vm.state()),
          "banger vm start " + vm.name());
    }
    return vm;
  }

  private static Imported latest(CommandCall call, VmView vm) {
    return Imports.of(call.context(), vm).stream().findFirst().orElseThrow(() -> unknown(vm, ""));
  }

  private static CapabilityException unknown(VmView vm, String where) {
    return new CapabilityException(
        FailureKind.NOT_FOUND,
        "nothing is known to have been put into VM %s%s".formatted(vm.name(), where),
        "banger vm workspace prepare %s; or name the repository: --repo PATH".formatted(vm.name()));
  }

  /** What the export compares with, as the caller will have it. */
  private static Imported chosen(CommandCall call, VmView vm, Path scratch) throws Exception {
    Optional<String> from = call.find("from");
    Optional<Imported> known =
        from.isPresent()
            ? Imports.at(call.context(), vm, from.get())
            : Imports.of(call.context(), vm).stream().findFirst();
    if (call.find("repo").isEmpty()) {
      return known.orElseThrow(() -> unknown(vm, from.map(dir -> " at " + dir).orElse("")));
    }
    Source source = Source.at(Git.in(call.host(), scratch), call.path("repo"));
    Imported like =
        known.orElseGet(
            () ->
                new Imported(
                    from.orElse("/root/repo"),
                    "",
                    source.head(),
                    source.branch(),
                    Optional.empty(),
                    "tracked",
                    Instant.EPOCH));
    return new Imported(
        like.dest(),
        source.root().toString(),
        like.commit(),
        like.branch(),
        like.tree(),
        like.mode(),
        like.at());
  }

  private static void toBranch(
      CommandCall call, VmView vm, Review review, Map<String, Object> fields, List<String> remarks)
      throws Exception {
    String branch = call.find("to").orElse("banger/" + vm.name());
    AsBranch writer =
        new AsBranch(
            review.git(), review.source(), review.quarantine(), vm, call.context().store().of(vm));
    AsBranch.Outcome outcome =
        writer.write(
            branch,
            writer.check(branch),
            parent(review, vm),
            review.tree(),
            review.imported().commit(),
            review.scratch());
    if (review.imported().tree().isPresent()) {
      remarks.add(
          review.commits().count() == 0
              ? "what was not committed here when it went into the VM is a commit of its own, below"
              : "the branch also has what was not committed here when it went into the VM");
    }
    fields.put("branch", branch);
    fields.put("commit", outcome.tip());
    fields.put("before", outcome.before().orElse(""));
    String words = "branch %s at %s".formatted(branch, outcome.tip().substring(0, 10));
    fields.put(
        "message",
        outcome.isNew()
            ? "%s: %s; git log -p %s..%s"
                .formatted(
                    words, review.words(), review.imported().commit().substring(0, 10), branch)
            : words + ": nothing new");
  }

  /** Whoever named none may have meant another. */
  private static void tellOthers(
      CommandCall call, VmView vm, Imported imported, List<String> remarks) {
    if (call.find("from").isEmpty()) {
      Imports.of(call.context(), vm).stream()
          .filter(other -> !other.dest().equals(imported.dest()))
          .map(other -> "not looked at: the workspace of --from " + other.dest())
          .forEach(remarks::add);
    }
  }

  /** What is put in one commit on top of it is then the guest's alone. */
  private static String parent(Review review, VmView vm) throws InterruptedException {
    Imported imported = review.imported();
    String head = review.head().orElse(imported.commit());
    if (imported.tree().isEmpty() || !head.equals(imported.commit())) {
      return head;
    }
    String message = "Uncommitted changes that went into VM %s\n".formatted(vm.name());
    return review.quarantine().commit(head, imported.tree().get(), message, imported.at());
  }

  private static void toPatch(
      CommandCall call, VmView vm, Review review, Map<String, Object> fields, List<String> remarks)
      throws Exception {
    String file = call.find("to").orElse(vm.name() + ".patch");
    if (file.equals("-")) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "a patch goes into a file, not to standard output",
          "--to %s.patch, or ./- for a file of that name".formatted(vm.name()));
    }
    Path target = call.cwd().resolve(file).normalize();
    AsPatch writer = new AsPatch(review.git(), review.quarantine());
    boolean isThere = writer.write(review.difference(), review.base(), review.tree(), target);
    boolean applies = writer.applies(review.source(), target);
    if (!applies) {
      remarks.add("it does not apply to %s as it is now".formatted(review.source().root()));
    }
    fields.put("path", target.toString());
    fields.put("applies", applies);
    fields.put(
        "message",
        isThere
            ? "%s: nothing new".formatted(target)
            : "%s: %s; git apply %s".formatted(target, review.words(), target));
  }

  private static void toFiles(
      CommandCall call, Review review, Map<String, Object> fields, List<String> remarks)
      throws Exception {
    Path root = review.source().root();
    Path target = call.cwd().resolve(call.find("to").orElse(root.toString())).normalize();
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND,
          "%s is no directory".formatted(target),
          "mkdir " + target + "; or leave --to out for " + root);
    }
    AsFiles writer =
        new AsFiles(
            review.quarantine(), target, target.equals(root), review.source().objectFormat());
    int written = writer.write(review.difference());
    remarks.addAll(writer.remarks());
    fields.put("path", target.toString());
    fields.put("written", written);
    fields.put(
        "message",
        written == 0
            ? "%s: nothing new".formatted(target)
            : "%s: %s changed; git status".formatted(target, review.difference().words()));
  }
}
