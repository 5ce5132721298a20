package dev.banger.core.doctor;

import dev.banger.core.host.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The runtime takes the archives of classes that the launchers name. One that does not fit, because
 * a jar or the runtime is another one, is ignored without a word.
 *
 * @param dist the distribution that this daemon runs from
 */
public record ArchivesCheck(Commands commands, Path dist) implements DoctorCheck {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final String ARCHIVE = "-XX:AOTCache=";

  @Override
  public String id() {
    return "archives";
  }

  @Override
  public Result run() throws IOException, InterruptedException {
    List<String> problems = new ArrayList<>();
    for (String launcher : List.of("banger", "bangerd")) {
      problem(dist.resolve("bin").resolve(launcher))
          .ifPresent(what -> problems.add(launcher + " " + what));
    }
    return problems.isEmpty()
        ? Result.ok("banger and bangerd start from their archives")
        : Result.warn(
            String.join(", ", problems) + ": everything works, starting takes about twice as long",
            "build or install banger again, for example with ./quickstart");
  }

  private Optional<String> problem(Path launcher) throws IOException, InterruptedException {
    List<String> command = command(Files.readString(launcher));
    Optional<Path> archive =
        command.stream()
            .filter(word -> word.startsWith(ARCHIVE))
            .map(word -> Path.of(word.substring(ARCHIVE.length())))
            .findFirst();
    if (archive.isEmpty()) {
      return Optional.of("has no archive");
    }
    if (!Files.isReadable(archive.get())) {
      return Optional.of("misses its archive " + archive.get());
    }
    return commands.run(Commands.Call.of(DEADLINE, command)).exitCode() == 0
        ? Optional.empty()
        : Optional.of("has an archive that does not fit it, " + archive.get());
  }

  /**
   * The launcher's call of Java up to its class path, told to take the archive or to fail, and to
   * do nothing else.
   */
  private List<String> command(String launcher) {
    int from = launcher.lastIndexOf("exec ");
    List<String> command = new ArrayList<>();
    if (from < 0) {
      return command;
    }
    for (String word : launcher.substring(from + "exec ".length()).split("[\\s\\\\]+")) {
      command.add(word.replace("\"", "").replace("$dist", dist.toString()));
      if (command.size() > 1 && command.get(command.size() - 2).equals("-cp")) {
        break;
      }
    }
    command.add("-XX:AOTMode=on");
    command.add("-version");
    return command;
  }
}
