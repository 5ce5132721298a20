package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** A core without plugins. */
final class NoExtensions implements Extensions {
  private static final Visit VISIT =
      new Visit() {
        @Override
        public List<String> problems() {
          return List.of();
        }

        @Override
        public Additions additions() {
          return Additions.NONE;
        }

        @Override
        public void start(Phase phase) {}

        @Override
        public Stops stop(Phase phase) {
          return Stops.NONE;
        }

        @Override
        public List<String> recover() {
          return List.of();
        }

        @Override
        public List<String> removed() {
          return List.of();
        }

        @Override
        public void close() {}
      };

  @Override
  public Visit visit(VmRecord vm, String operation, Progress progress) {
    return VISIT;
  }

  @Override
  public List<StepStatus> steps(VmRecord vm) {
    return List.of();
  }

  @Override
  public Map<String, List<StepStatus>> steps() {
    return Map.of();
  }

  @Override
  public List<String> uses(VmRecord vm) {
    return List.of();
  }

  @Override
  public List<String> remarks(VmRecord vm) {
    return List.of();
  }

  @Override
  public List<Endpoint> endpoints(VmRecord vm) {
    return List.of();
  }

  @Override
  public Map<String, List<Endpoint>> endpoints() {
    return Map.of();
  }

  @Override
  public List<String> releaseLeftovers(Predicate<VmId> exists) {
    return List.of();
  }

  @Override
  public Set<VmId> drifted() {
    return Set.of();
  }

  @Override
  public void sweep(Predicate<VmId> exists) {}

  @Override
  public void happened(VmRecord vm, Happening what, String reason) {}
}
