package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** A request for each thing that was named, one after the other, each only once. */
final class Each {
  /** What is asked for one, and how the answer is shown to people. */
  interface One {
    Json ask(Invocation call, String name);

    /**
     * @param isFirst whether nothing was shown before
     */
    void show(Invocation call, String name, Json answer, boolean isFirst);
  }

  private Each() {}

  /**
   * Asks for all arguments. With JSON the only answer is an object, several are an array with
   * {@code {field,"error"}} for those that failed.
   *
   * @return 1 when any failed
   * @throws Failure when the only one did
   */
  static int of(Invocation call, String field, One one) {
    List<String> names = new ArrayList<>(new LinkedHashSet<>(call.parsed().arguments()));
    if (names.size() == 1) {
      Json answer = one.ask(call, names.get(0));
      if (call.isJson()) {
        call.print(answer);
      } else {
        one.show(call, names.get(0), answer, true);
      }
      return 0;
    }
    List<Json> answers = new ArrayList<>();
    int failed = 0;
    for (String name : names) {
      try {
        Json answer = one.ask(call, name);
        answers.add(answer);
        if (!call.isJson()) {
          one.show(call, name, answer, answers.size() == 1);
        }
      } catch (RpcException e) {
        failed++;
        answers.add(failed(call, field, name, Failure.of(e)));
      } catch (Failure e) {
        if (e.exitCode() == Failure.INTERRUPTED) {
          throw e;
        }
        failed++;
        answers.add(failed(call, field, name, e));
      }
    }
    if (call.isJson()) {
      call.print(Json.array(answers));
    } else if (failed > 0) {
      call.note(failed + " of " + names.size() + " failed");
    }
    return failed == 0 ? 0 : Failure.FAILED;
  }

  private static Json failed(Invocation call, String field, String name, Failure failure) {
    Json result = Json.build().put(field, name).put("error", failure.toJson()).done();
    if (!call.isJson()) {
      Batch.tellFailed(call, Json.build().put("ref", name).put("error", failure.toJson()).done());
    }
    return result;
  }
}
