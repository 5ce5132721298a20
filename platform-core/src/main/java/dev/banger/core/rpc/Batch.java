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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

  private record Target(String ref, VmRecord vm, BangerException error) {}

  private final VmService vms;
  private final VmJson json;

  Batch(VmService vms, VmJson json) {
    this.vms = vms;
    this.json = json;
  }

  /** Serves a changing request, one operation a VM. */
  Json operate(RpcCall call, Function<VmRecord, Operation> begin) throws InterruptedException {
    List<Target> targets = targets(call.params(), _ -> true);
    List<Operation> begun = new ArrayList<>();
    List<Long> beganNanos = new ArrayList<>();
    for (Target target : targets) {
      beganNanos.add(System.nanoTime());
      begun.add(target.error() == null ? begin.apply(target.vm()) : null);
    }
    List<Operation> operations = begun.stream().filter(java.util.Objects::nonNull).toList();
    List<CompletableFuture<Duration>> took = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      long began = beganNanos.get(i);
      took.add(
          begun.get(i) == null
              ? CompletableFuture.completedFuture(Duration.ZERO)
              : begun
                  .get(i)
                  .result()
                  .handle((_, _) -> Duration.ofNanos(System.nanoTime() - began)));
    }
    new StageFeed(call).follow(operations);
    List<Json> results = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      results.add(result(targets.get(i), begun.get(i), took.get(i).join()));
    }
    return Json.build().put("results", Json.array(results)).done();
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
    List<Target> targets = targets(params, wanted);
    List<CompletableFuture<Json>> answers = new ArrayList<>();
    for (Target target : targets) {
      CompletableFuture<Json> answer = new CompletableFuture<>();
      answers.add(answer);
      Thread.ofVirtual().name("batch-query").start(() -> answer.complete(ask(target, query)));
    }
    List<Json> results = new ArrayList<>();
    for (CompletableFuture<Json> answer : answers) {
      results.add(answer.join());
    }
    return Json.build().put("results", Json.array(results)).done();
  }

  private static Json ask(Target target, Query query) {
    if (target.error() != null) {
      return failed(target, target.error());
    }
    try {
      Json.Builder result = Json.build().put("ref", target.ref()).put("ok", true);
      query.of(target.vm()).fields().forEach(result::put);
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
