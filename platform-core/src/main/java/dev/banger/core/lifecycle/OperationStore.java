package dev.banger.core.lifecycle;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The history of operations, so that one can be looked up after the daemon was restarted. */
public interface OperationStore {
  /** Never given twice, across restarts as well. Starts at 1. */
  long nextOperationNumber();

  /** Keeps a finished operation, in place of one with the same id; the oldest may be dropped. */
  void save(FinishedOperation operation);

  Optional<FinishedOperation> find(String id);

  /** Latest first, at most {@code limit}. */
  List<FinishedOperation> recent(int limit);

  /**
   * @param id for example {@code op-3}
   * @param kind the method that began it, for example {@code vm.create}
   * @param vm name of the VM; empty when it concerned none or several
   * @param state {@code done}, {@code failed} or {@code cancelled}
   * @param errorJson the error as clients get it; empty when there was none
   * @param stagesJson the stages as clients get them, a JSON array
   */
  record FinishedOperation(
      String id,
      String kind,
      String vm,
      String state,
      Instant startedAt,
      Instant endedAt,
      String errorJson,
      String stagesJson) {}
}
