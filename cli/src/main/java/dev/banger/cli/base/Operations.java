package dev.banger.cli.base;

import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.term.Signals;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.client.RpcException;
import java.util.List;
import java.util.Optional;

/** Requests that take a while: shown as they go, and Ctrl-C does the sane thing. */
public final class Operations {
  private static final int MOST_NAMED = 5;

  private Operations() {}

  /**
   * Calls and waits.
   *
   * @param cancellable whether Ctrl-C takes the operation back; otherwise it goes on without us
   * @throws Failure with exit code 130 after Ctrl-C
   */
  public static Json run(
      Invocation call, String method, Json params, Stages stages, boolean cancellable) {
    return run(call, call.client(), method, params, stages, cancellable);
  }

  /** The same over {@code client}. */
  public static Json run(
      Invocation call,
      BangerClient client,
      String method,
      Json params,
      Stages stages,
      boolean cancellable) {
    return run(call, client, method, params, stages, cancellable, 0);
  }

  /** The same, with all that is told on the way going to {@code told}. */
  public static Json run(
      Invocation call,
      BangerClient client,
      String method,
      Json params,
      Stages stages,
      Notifications told,
      boolean cancellable) {
    return run(call, client, method, params, stages, told, cancellable, 0);
  }

  /**
   * The same, and waits no longer than {@code patienceMillis}; 0 for as long as it takes.
   *
   * @throws Failure of kind {@code timeout} when that is over; the operation goes on
   */
  public static Json run(
      Invocation call,
      BangerClient client,
      String method,
      Json params,
      Stages stages,
      boolean cancellable,
      long patienceMillis) {
    return run(call, client, method, params, stages, stages, cancellable, patienceMillis);
  }

  /** The same, with all that is told on the way going to {@code told}. */
  public static Json run(
      Invocation call,
      BangerClient client,
      String method,
      Json params,
      Stages stages,
      Notifications told,
      boolean cancellable,
      long patienceMillis) {
    Interruption interruption =
        new Interruption(
            cancellable,
            new Interruption.Actions() {
              @Override
              public String operation() {
                return stages.operation();
              }

              @Override
              public void cancel(String operation) {
                stages.clear();
                call.note("cancelling " + operation + " (Ctrl-C again leaves it running)");
                cancelOver(call, operation);
              }

              @Override
              public void leave() {
                client.close();
              }
            });
    Signals.Subscription subscription = call.console().signals().on("INT", interruption);
    Patience patience = new Patience(client, patienceMillis);
    try {
      Json answer = client.call(method, params, told);
      stages.clear();
      return answer;
    } catch (RpcException e) {
      stages.clear();
      if (interruption.hasLeft()) {
        throw left(stages.operations());
      }
      if (patience.ranOut()) {
        throw ranOut(method, patienceMillis, stages.operation());
      }
      throw interruption.happened()
          ? Failure.of(e).withExitCode(Failure.INTERRUPTED)
          : Failure.of(e);
    } finally {
      patience.close();
      subscription.close();
    }
  }

  private static Failure ranOut(String method, long millis, String operation) {
    return Failure.failed(
        "timeout",
        method + " took longer than " + Quantities.elapsed(millis) + "; it goes on",
        operation.isEmpty() ? "banger op list" : "banger op watch " + operation);
  }

  private static void cancelOver(Invocation call, String operation) {
    try {
      Optional<BangerClient> other = Daemon.find(call.console());
      if (other.isPresent()) {
        try (BangerClient connected = other.get()) {
          connected.call("op.cancel", Json.build().put("id", operation).done());
        }
      }
    } catch (RpcException | Failure e) {
      call.warn("could not cancel " + operation + ": " + e.getMessage());
    }
  }

  private static Failure left(List<String> operations) {
    if (operations.isEmpty()) {
      return Failure.interrupted("interrupted; the daemon may still be at it", "banger op list");
    }
    if (operations.size() == 1) {
      String operation = operations.get(0);
      return Failure.interrupted(
          "interrupted; " + operation + " goes on without this client",
          "banger op watch " + operation + ", or banger op cancel " + operation);
    }
    List<String> first = operations.subList(0, Math.min(MOST_NAMED, operations.size()));
    int more = operations.size() - first.size();
    return Failure.interrupted(
        "interrupted; "
            + operations.size()
            + " operations go on without this client: "
            + String.join(", ", first)
            + (more > 0 ? " and " + more + " more" : ""),
        "banger op list --running, or banger op watch " + first.get(0));
  }
}
