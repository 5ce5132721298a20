package dev.banger.core.lifecycle;

import java.util.List;
import java.util.Optional;

/** Keeps ended operations across restarts, a bounded number of them. */
public interface OperationLog {
  /** How many are kept; the oldest go first. */
  int KEPT = 500;

  /** A number never given before. */
  long nextNumber();

  void save(Operation.View ended);

  /** The latest ones first. */
  List<Operation.View> ended(int atMost);

  /** One that has ended and is still kept. */
  default Optional<Operation.View> find(String id) {
    return ended(KEPT).stream().filter(view -> view.id().equals(id)).findFirst();
  }
}
