package dev.banger.core.lifecycle;

import java.util.List;

/** Keeps ended operations across restarts, a bounded number of them. */
public interface OperationLog {
  /** A number never given before. */
  long nextNumber();

  void save(Operation.View ended);

  /** The latest ones first. */
  List<Operation.View> ended(int atMost);
}
