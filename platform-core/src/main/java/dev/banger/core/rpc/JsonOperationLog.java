package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.OperationStore;
import dev.banger.core.lifecycle.OperationStore.FinishedOperation;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Keeps ended operations in the store, their stages and errors as clients get them. */
public final class JsonOperationLog implements OperationLog {
  private final OperationStore store;

  public JsonOperationLog(OperationStore store) {
    this.store = store;
  }

  @Override
  public long nextNumber() {
    return store.nextOperationNumber();
  }

  @Override
  public void save(Operation.View ended) {
    Json stages =
        Json.array(
            ended.stages().stream().map(stage -> StageFeed.toJson(ended.id(), stage)).toList());
    store.save(
        new FinishedOperation(
            ended.id(),
            ended.kind(),
            ended.vm(),
            ended.state().name().toLowerCase(Locale.ROOT),
            ended.startedAt(),
            ended.endedAt().orElseGet(Instant::now),
            ended.error().map(error -> Errors.inBatch(error).toString()).orElse(""),
            stages.toString()));
  }

  @Override
  public List<Operation.View> ended(int atMost) {
    return store.recent(atMost).stream().map(JsonOperationLog::view).toList();
  }

  @Override
  public Optional<Operation.View> find(String id) {
    return store.find(id).map(JsonOperationLog::view);
  }

  private static Operation.View view(FinishedOperation row) {
    return new Operation.View(
        row.id(),
        row.kind(),
        row.vm(),
        Operation.State.valueOf(row.state().toUpperCase(Locale.ROOT)),
        row.startedAt(),
        Optional.of(row.endedAt()),
        parse(row.stagesJson()).elements().stream().map(JsonOperationLog::stage).toList(),
        row.errorJson().isEmpty() ? Optional.empty() : Optional.of(error(parse(row.errorJson()))));
  }

  private static Json parse(String json) {
    try {
      return Json.parse(json);
    } catch (MalformedJsonException e) {
      // History that cannot be read is shown without its details rather than not at all.
      return Json.NULL;
    }
  }

  private static Operation.Stage stage(Json json) {
    return new Operation.Stage(
        json.text("vm"),
        json.text("stage"),
        json.text("status"),
        Duration.ofMillis(json.get("elapsedMs").number(0)),
        json.text("message"));
  }

  private static BangerException error(Json json) {
    ErrorKind kind =
        Arrays.stream(ErrorKind.values())
            .filter(known -> known.wireName().equals(json.text("kind")))
            .findFirst()
            .orElse(ErrorKind.INTERNAL);
    return new BangerException(
        kind, json.text("message"), json.text("hint"), json.get("details").texts(), null);
  }
}
