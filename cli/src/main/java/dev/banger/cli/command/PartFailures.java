package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Stages;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import java.util.ArrayList;
import java.util.List;

/** What a plugin's command could not do, told beside what it did. */
final class PartFailures implements Notifications {
  private final Invocation call;
  private final Stages stages;
  private final List<Json> failures = new ArrayList<>();

  /**
   * @param stages takes all that is no failure
   */
  PartFailures(Invocation call, Stages stages) {
    this.call = call;
    this.stages = stages;
  }

  @Override
  public void notified(String method, Json params) {
    if ("failure".equals(method)) {
      failures.add(params);
    } else {
      stages.notified(method, params);
    }
  }

  /** On standard error, for people; programs have them on standard output. */
  void tell() {
    if (call.isJson()) {
      return;
    }
    call.out().flush();
    for (Json failure : failures) {
      call.note("error: " + failure.text("message"));
      if (!failure.text("hint").isEmpty()) {
        call.note("hint:  " + failure.text("hint"));
      }
    }
  }

  /** Each as {@code {"error":{...}}}. */
  List<Json> documents() {
    return failures.stream().map(failure -> Json.build().put("error", failure).done()).toList();
  }

  /** Behind the rows, where the answer is a list of them; else in its field {@code errors}. */
  Json addedTo(Json answer) {
    if (failures.isEmpty()) {
      return answer;
    }
    if (answer.isArray()) {
      List<Json> all = new ArrayList<>(answer.elements());
      all.addAll(documents());
      return Json.array(all);
    }
    Json.Builder whole = Json.build();
    answer.fields().forEach(whole::put);
    return whole.put("errors", Json.array(failures)).done();
  }

  int exitCode() {
    return failures.isEmpty() ? 0 : Failure.FAILED;
  }
}
