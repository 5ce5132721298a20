package dev.banger.core.doctor;

import dev.banger.core.host.Commands;
import dev.banger.core.host.HostUser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Programs that are needed for one purpose. */
record ToolsCheck(
    String id,
    Set<Need> neededFor,
    Status ifMissing,
    List<Tool> tools,
    Commands commands,
    HostUser user)
    implements DoctorCheck {

  @Override
  public Result run() {
    List<String> wrong = new ArrayList<>();
    Set<String> packages = new TreeSet<>();
    for (Tool tool : tools) {
      Optional<Path> found = commands.find(tool.name());
      if (found.isEmpty()) {
        wrong.add(tool.name() + " is not installed");
        packages.add(tool.debianPackage());
      } else if (!tool.fits().test(found.get())) {
        wrong.add(found.get() + " " + tool.misfit());
        packages.add(tool.debianPackage());
      }
    }
    return wrong.isEmpty()
        ? Result.ok(String.join(", ", tools.stream().map(Tool::name).toList()))
        : new Result(ifMissing, String.join(", ", wrong), Remedies.install(user, packages));
  }
}
