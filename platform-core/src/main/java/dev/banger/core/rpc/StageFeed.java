package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.model.BangerException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Brings the stages of operations to one client. The operations only queue them; the client's own
 * connection thread sends, so a client that does not read delays nobody but itself.
 */
final class StageFeed implements Operation.Watcher {
  /** Far more than any operation has; beyond it stages are dropped rather than kept in memory. */
  private static final int MAX_QUEUED = 20_000;

  /** Rows that wait to be sent before whoever makes them waits too. */
  private static final int MAX_ROWS = 64;

  /** Of a stage, a row or another message, or neither: then the operation has ended. */
  private record Entry(Operation operation, Operation.Stage stage, String kind, Json row) {
    static Entry of(Operation operation, Operation.Stage stage) {
      return new Entry(operation, stage, "", null);
    }
  }

  private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final Semaphore rows = new Semaphore(MAX_ROWS);
  private final RpcCall call;

  StageFeed(RpcCall call) {
    this.call = call;
  }

  @Override
  public void stage(Operation operation, Operation.Stage stage) {
    if (queue.size() < MAX_QUEUED) {
      var _ = queue.offer(Entry.of(operation, stage));
    }
  }

  /** Has a row sent; waits while many are waiting. */
  void row(Json row) throws InterruptedException {
    put("row", Json.build().put("row", row).done());
  }

  /** Has told what a command could not do; waits likewise. */
  void failure(BangerException failure) throws InterruptedException {
    put("failure", Errors.inBatch(failure));
  }

  private void put(String kind, Json params) throws InterruptedException {
    rows.acquire();
    queue.put(new Entry(null, null, kind, params));
  }

  /** Sends stages and rows until all of {@code operations} have ended; says nothing of how. */
  void follow(List<Operation> operations) throws InterruptedException {
    follow(operations, _ -> {});
  }

  /** The same; {@code onEnd} is told of each as it ends, all its stages sent. */
  void follow(List<Operation> operations, Consumer<Operation> onEnd) throws InterruptedException {
    operations.forEach(operation -> operation.watch(this));
    try {
      for (Operation operation : operations) {
        var _ = operation.result().whenComplete((_, _) -> queue.offer(Entry.of(operation, null)));
      }
      for (int open = operations.size(); open > 0; ) {
        Entry entry = queue.take();
        if (entry.row() != null) {
          call.notify(entry.kind(), entry.row());
          rows.release();
        } else if (entry.stage() != null) {
          call.notify("stage", toJson(entry.operation().id(), entry.stage()));
        } else {
          open--;
          onEnd.accept(entry.operation());
        }
      }
    } finally {
      operations.forEach(operation -> operation.unwatch(this));
    }
  }

  static Json toJson(String operation, Operation.Stage stage) {
    return Json.build()
        .put("op", operation)
        .put("vm", stage.vm())
        .put("stage", stage.stage())
        .put("status", stage.status())
        .put("elapsedMs", stage.elapsed().toMillis())
        .put("message", stage.message())
        .done();
  }
}
