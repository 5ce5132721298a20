package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.VmOutcome;
import dev.banger.core.lifecycle.VmResolver;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One request on several VMs: references are resolved against one snapshot, de-duplicated, served
 * concurrently and answered in first-seen order. What cannot be resolved does not keep the others
 * from being served.
 */
final class Batch {
  /** What is to be done with one VM; called concurrently. */
  @FunctionalInterface
  interface Query {
    Json of(VmRecord vm) throws Exception;
  }

  /**
   * @param known the answer, where there is nobody left to ask
   */
  private record Target(String ref, VmRecord vm, BangerException error, Json known) {
    Target(String ref, VmRecord vm, BangerException error) {
      this(ref, vm, error, null);
    }
  }

  private final VmService vms;
  private final VmJson json;

  Batch(VmService vms, VmJson json) {
    this.vms = vms;
    this.json = json;
  }

  private record Begun(Target target, Operation operation, CompletableFuture<Duration> took) {}

  /**
   * Serves a changing request, one operation a VM: tells whom it is about, then stages, and each
   * result as it comes. With {@code detach} it answers with the operations, and waits for none.
   */
  Json operate(RpcCall call, Function<VmRecord, Operation> begin) throws InterruptedException {
    List<Begun> begun = new ArrayList<>();
    for (Target target : targets(call.params(), _ -> true)) {
      begun.add(begin(target, begin));
    }
    call.notify("targets", told(begun));
    if (call.params().flag("detach", false)) {
      return results(begun.stream().map(Batch::detached).toList());
    }
    Map<Operation, Begun> under = new HashMap<>();
    for (Begun each : begun) {
      if (each.operation() == null) {
        call.notify("result", failed(each.target(), each.target().error()));
      } else {
        under.put(each.operation(), each);
      }
    }
    List<Operation> operations =
        begun.stream().map(Begun::operation).filter(Objects::nonNull).toList();
    new StageFeed(call)
        .follow(operations, ended -> call.notify("result", result(under.get(ended))));
    return results(begun.stream().map(this::result).toList());
  }

  private static Begun begin(Target target, Function<VmRecord, Operation> begin) {
    if (target.error() != null) {
      return new Begun(target, null, CompletableFuture.completedFuture(Duration.ZERO));
    }
    long began = System.nanoTime();
    Operation operation = begin.apply(target.vm());
    return new Begun(
        target,
        operation,
        operation.result().handle((_, _) -> Duration.ofNanos(System.nanoTime() - began)));
  }

  /** {@code {"targets":[{"ref","vm","op"}]}}: those that could be resolved. */
  private static Json told(List<Begun> begun) {
    return Json.build()
        .put(
            "targets",
            Json.array(
                begun.stream()
                    .filter(each -> each.operation() != null)
                    .map(
                        each ->
                            Json.build()
                                .put("ref", each.target().ref())
                                .put("vm", each.target().vm().name())
                                .put("op", each.operation().id())
                                .done())
                    .toList()))
        .done();
  }

  private static Json detached(Begun begun) {
    if (begun.operation() == null) {
      return failed(begun.target(), begun.target().error());
    }
    return Json.build()
        .put("ref", begun.target().ref())
        .put("ok", true)
        .put("op", begun.operation().id())
        .done();
  }

  private static Json results(List<Json> results) {
    return Json.build().put("results", Json.array(results)).done();
  }

  private Json result(Begun begun) {
    return result(begun.target(), begun.operation(), begun.took().join());
  }

  private Json result(Target target, Operation operation, Duration took) {
    if (target.error() != null) {
      return failed(target, target.error());
    }
    try {
      VmOutcome outcome = (VmOutcome) operation.result().join();
      return Json.build()
          .put("ref", target.ref())
          .put("ok", true)
          .put("vm", json.brief(outcome.vm()))
          .put("elapsedMs", took.toMillis())
          .put("note", outcome.note())
          .done();
    } catch (CompletionException e) {
      return failed(target, known(e.getCause()));
    }
  }

  /** Serves a request that changes nothing. */
  Json query(Params params, Query query) throws InterruptedException {
    return query(params, _ -> true, query);
  }

  /**
   * The same.
   *
   * @param wanted which of those that were not named are meant
   */
  Json query(Params params, Predicate<VmRecord> wanted, Query query) throws InterruptedException {
    return results(ask(targets(params, wanted), query, _ -> {}));
  }

  /** The same, telling whom it is about and each result as it comes, for one that takes long. */
  Json slowQuery(RpcCall call, Query query, Function<String, Json> ofUnknown)
      throws InterruptedException {
    List<Target> targets = new ArrayList<>();
    for (Target target : targets(call.params(), _ -> true)) {
      boolean isUnknown = target.error() != null && target.error().kind() == ErrorKind.NOT_FOUND;
      Json instead = isUnknown ? ofUnknown.apply(target.ref()) : null;
      targets.add(instead == null ? target : new Target(target.ref(), null, null, instead));
    }
    call.notify(
        "targets",
        Json.build()
            .put(
                "targets",
                Json.array(
                    targets.stream()
                        .filter(target -> target.vm() != null)
                        .map(
                            target ->
                                Json.build()
                                    .put("ref", target.ref())
                                    .put("vm", target.vm().name())
                                    .done())
                        .toList()))
            .done());
    return results(ask(targets, query, result -> call.notify("result", result)));
  }

  private static List<Json> ask(List<Target> targets, Query query, Consumer<Json> onResult) {
    List<CompletableFuture<Json>> answers = new ArrayList<>();
    for (Target target : targets) {
      CompletableFuture<Json> answer = new CompletableFuture<>();
      answers.add(answer);
      Thread.ofVirtual()
          .name("batch-query")
          .start(
              () -> {
                Json result = ask(target, query);
                onResult.accept(result);
                answer.complete(result);
              });
    }
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private static Json ask(Target target, Query query) {
    if (target.error() != null) {
      return failed(target, target.error());
    }
    try {
      Json.Builder result = Json.build().put("ref", target.ref()).put("ok", true);
      Json found = target.known() == null ? query.of(target.vm()) : target.known();
      found.fields().forEach(result::put);
      return result.done();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(target, known(e));
    } catch (Exception e) {
      return failed(target, known(e));
    }
  }

  private static BangerException known(Throwable failure) {
    return failure instanceof BangerException known
        ? known
        : new BangerException(ErrorKind.INTERNAL, "a defect in banger: " + failure);
  }

  private static Json failed(Target target, BangerException error) {
    return Json.build()
        .put("ref", target.ref())
        .put("ok", false)
        .put("error", Errors.inBatch(error))
        .done();
  }

  private List<Target> targets(Params params, Predicate<VmRecord> wanted) {
    List<VmRecord> snapshot = vms.list();
    List<String> refs = params.texts("refs");
    Map<String, String> labels = params.map("labels");
    boolean all = params.flag("all", false);
    if (refs.isEmpty() && !all && labels.isEmpty()) {
      throw new BangerException(
          ErrorKind.USAGE, "no VM was named", "name one or more, or use --all");
    }
    List<Target> targets = new ArrayList<>();
    Set<VmId> seen = new HashSet<>();
    for (String ref : refs) {
      try {
        VmRecord vm = VmResolver.resolve(ref, snapshot);
        if (seen.add(vm.id())) {
          targets.add(new Target(ref, vm, null));
        }
      } catch (BangerException e) {
        targets.add(new Target(ref, null, e));
      }
    }
    if (all || !labels.isEmpty()) {
      snapshot.stream()
          .filter(vm -> vm.spec().labels().entrySet().containsAll(labels.entrySet()))
          .filter(wanted)
          .filter(vm -> seen.add(vm.id()))
          .forEach(vm -> targets.add(new Target(vm.name(), vm, null)));
    }
    return targets;
  }
}
