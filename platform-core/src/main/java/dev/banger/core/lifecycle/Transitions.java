package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.VmEvent.BecameReady;
import dev.banger.core.lifecycle.VmEvent.CleanupFailed;
import dev.banger.core.lifecycle.VmEvent.Crashed;
import dev.banger.core.lifecycle.VmEvent.DeleteRequested;
import dev.banger.core.lifecycle.VmEvent.StartFailed;
import dev.banger.core.lifecycle.VmEvent.StartRequested;
import dev.banger.core.lifecycle.VmEvent.StopRequested;
import dev.banger.core.lifecycle.VmEvent.WentDown;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import dev.banger.core.model.VmState.CleanupPending;
import dev.banger.core.model.VmState.Deleting;
import dev.banger.core.model.VmState.Failed;
import dev.banger.core.model.VmState.Running;
import dev.banger.core.model.VmState.Starting;
import dev.banger.core.model.VmState.Stopped;
import dev.banger.core.model.VmState.Stopping;
import java.util.Optional;

/**
 * Every legal transition of a VM, in one place. The switches have no default arm: a new state or
 * event does not compile until it has been thought of here.
 */
public final class Transitions {
  private Transitions() {}

  /** The state after {@code event}; empty when the event is illegal in {@code from}. */
  public static Optional<VmState> next(VmState from, VmEvent event) {
    return Optional.ofNullable(
        switch (from) {
          case Stopped() ->
              switch (event) {
                case StartRequested() -> new Starting();
                case WentDown() -> new Stopped();
                case CleanupFailed(var what) -> new CleanupPending(what);
                case DeleteRequested() -> new Deleting();
                case BecameReady(), StartFailed(_), StopRequested(), Crashed(_) -> null;
              };
          case Starting() ->
              switch (event) {
                case BecameReady() -> new Running();
                case StartFailed(var cause) -> new Failed(cause);
                case Crashed(var cause) -> new Failed(cause);
                case StopRequested() -> new Stopping();
                case WentDown() -> new Stopped();
                case CleanupFailed(var what) -> new CleanupPending(what);
                case DeleteRequested() -> new Deleting();
                case StartRequested() -> null;
              };
          case Running() ->
              switch (event) {
                case StopRequested() -> new Stopping();
                case WentDown() -> new Stopped();
                case Crashed(var cause) -> new Failed(cause);
                case CleanupFailed(var what) -> new CleanupPending(what);
                case DeleteRequested() -> new Deleting();
                case StartRequested(), BecameReady(), StartFailed(_) -> null;
              };
          case Stopping() ->
              switch (event) {
                case WentDown(), Crashed(_) -> new Stopped();
                case CleanupFailed(var what) -> new CleanupPending(what);
                case DeleteRequested() -> new Deleting();
                case StartRequested(), BecameReady(), StartFailed(_), StopRequested() -> null;
              };
          case Failed(_) ->
              switch (event) {
                case StartRequested() -> new Starting();
                case WentDown() -> new Stopped();
                case CleanupFailed(var what) -> new CleanupPending(what);
                case DeleteRequested() -> new Deleting();
                case BecameReady(), StartFailed(_), StopRequested(), Crashed(_) -> null;
              };
          case CleanupPending(_) ->
              switch (event) {
                case WentDown() -> new Stopped();
                case CleanupFailed(var what) -> new CleanupPending(what);
                case DeleteRequested() -> new Deleting();
                case StartRequested(), BecameReady(), StartFailed(_), StopRequested(), Crashed(_) ->
                    null;
              };
          case Deleting() ->
              switch (event) {
                case DeleteRequested(), WentDown() -> new Deleting();
                case CleanupFailed(var what) -> new CleanupPending(what);
                case StartRequested(), BecameReady(), StartFailed(_), StopRequested(), Crashed(_) ->
                    null;
              };
        });
  }

  /**
   * The record after {@code event}.
   *
   * @throws BangerException of kind ILLEGAL_STATE, saying what the state is and what is possible in
   *     it
   */
  public static VmRecord apply(VmRecord vm, VmEvent event) {
    return vm.withState(next(vm.state(), event).orElseThrow(() -> refuse(vm, event)));
  }

  private static BangerException refuse(VmRecord vm, VmEvent event) {
    String wanted =
        switch (event) {
          case StartRequested() -> "be started";
          case StopRequested() -> "be stopped";
          case DeleteRequested() -> "be deleted";
          case BecameReady() -> "become ready";
          case StartFailed(_) -> "fail to start";
          case WentDown() -> "go down";
          case Crashed(_) -> "crash";
          case CleanupFailed(_) -> "wait for clean-up";
        };
    return new BangerException(
        ErrorKind.ILLEGAL_STATE,
        "vm \"%s\" is %s and cannot %s".formatted(vm.name(), vm.state().wireName(), wanted),
        advice(vm));
  }

  private static String advice(VmRecord vm) {
    String name = vm.name();
    return switch (vm.state()) {
      case Stopped(), Failed(_) ->
          "possible now: banger vm start %s, banger vm delete %s".formatted(name, name);
      case Starting() ->
          "possible now: banger vm stop %s, banger vm delete %s".formatted(name, name);
      case Running() ->
          "possible now: banger vm stop %s, banger vm restart %s".formatted(name, name);
      case Stopping() -> "wait for it: banger vm wait %s --for stopped".formatted(name);
      case CleanupPending(_) -> "try the clean-up again: banger vm repair %s".formatted(name);
      case Deleting() -> "it is being removed; choose another name or wait";
    };
  }
}
