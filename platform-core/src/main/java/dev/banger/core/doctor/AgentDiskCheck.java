package dev.banger.core.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;

/** The disk with the guest agent, which every VM needs, is there. */
record AgentDiskCheck(Supplier<Path> disk) implements DoctorCheck {
  @Override
  public String id() {
    return "agent-disk";
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.CREATE);
  }

  @Override
  public Result run() throws Exception {
    Path file = disk.get();
    return Files.isRegularFile(file) && Files.isReadable(file) && Files.size(file) > 0
        ? Result.ok(file.toString())
        : Result.fail(
            "the disk with the guest agent is not there: " + file,
            "build banger again: ./quickstart");
  }
}
