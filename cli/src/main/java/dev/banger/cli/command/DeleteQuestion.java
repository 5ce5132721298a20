package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Question;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks before several VMs, or one that is up, go for good. What is deleted is what was told. */
final class DeleteQuestion {
  private static final int MOST_NAMES = 10;

  private final Map<String, Json> refs = new HashMap<>();
  private Json params;

  private DeleteQuestion(Json params) {
    this.params = params;
  }

  /**
   * Asks, where somebody is there to answer and there is a reason to.
   *
   * @throws Failure when the answer is no
   */
  static DeleteQuestion ask(Invocation call, Json params) {
    DeleteQuestion question = new DeleteQuestion(params);
    boolean isDecided = call.parsed().flag("--yes") || call.parsed().flag("--force");
    if (!isDecided && !call.isJson() && Question.canBeAsked(call.console())) {
      question.ask(call);
    }
    return question;
  }

  private void ask(Invocation call) {
    Json results = call.call("vm.show", params).get("results");
    List<String> names = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    boolean isUp = false;
    for (Json result : results.elements()) {
      Json vm = result.get("vm");
      if (result.get("ok").truth(false)) {
        names.add(vm.text("name"));
        ids.add(vm.text("id"));
        refs.put(vm.text("id"), result.get("ref"));
        isUp |= !"stopped".equals(vm.text("state")) && !"failed".equals(vm.text("state"));
      } else {
        // Told again, by the request itself.
        ids.add(result.text("ref"));
      }
    }
    if (names.size() < 2 && !isUp) {
      refs.clear();
      return;
    }
    if (!Question.isYes(call.console(), words(names))) {
      throw Failure.failed("conflict", "nothing was deleted", "");
    }
    params = Json.build().put("refs", Json.strings(ids)).put("all", false).done();
  }

  private static String words(List<String> names) {
    if (names.size() == 1) {
      return "delete " + names.get(0) + ", which is not stopped, and its disks?";
    }
    List<String> first = names.subList(0, Math.min(MOST_NAMES, names.size()));
    int more = names.size() - first.size();
    return "delete "
        + names.size()
        + " VMs and their disks: "
        + String.join(", ", first)
        + (more > 0 ? " and " + more + " more?" : "?");
  }

  /** What to ask of the daemon: by id what was confirmed. */
  Json params() {
    return params;
  }

  /** The results, with what was typed in place of ids. */
  Json results(Json results) {
    if (refs.isEmpty()) {
      return results;
    }
    List<Json> typed = new ArrayList<>();
    for (Json result : results.elements()) {
      Json.Builder copy = Json.build();
      for (Map.Entry<String, Json> field : result.fields().entrySet()) {
        Json ref = field.getKey().equals("ref") ? refs.get(field.getValue().text()) : null;
        copy.put(field.getKey(), ref == null ? field.getValue() : ref);
      }
      typed.add(copy.done());
    }
    return Json.array(typed);
  }
}
