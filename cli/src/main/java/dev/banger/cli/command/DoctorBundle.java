package dev.banger.cli.command;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.daemon.DaemonLog;
import dev.banger.cli.report.Report;
import dev.banger.client.Directories;
import dev.banger.client.Json;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code banger doctor --bundle}: what a report of a problem needs, in one file. Works as far as it
 * can where the daemon does not start.
 */
final class DoctorBundle {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LOG_LINES = 5000;

  private static final String README =
      """
      What banger saw on this host, for a report of a problem.

      versions.json    of banger, its daemon, Java, the kernel and the distribution
      doctor.json      all checks
      status.json      the daemon, its drivers and plugins
      config.json      every setting in force, and where it comes from
      config.txt       what is wrong with the configuration file
      vms.json         the VMs, and what went wrong with them
      operations.json  what the daemon did last
      plugins.json     the plugins
      daemon.log       the end of the daemon's log
      problems.txt     what could not be had

      Not in it: disks, files, keys, environment variables, output of commands; of consoles only what an error has kept.
      What looks like a password, a token or a key was replaced by "(removed)". That is a guess, by names and
      shapes: names of VMs, hosts, users and directories are in it. Look through it before you give it away.
      """;

  private final Invocation call;

  DoctorBundle(Invocation call) {
    this.call = call;
  }

  /**
   * @return the exit code: 0 also where parts of it are missing
   */
  int write() throws IOException {
    Instant now = Instant.now();
    String title =
        "banger-report-"
            + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC).format(now);
    Path file = file(title);
    Report report = collected(title);
    try {
      report.write(file, now.getEpochSecond());
    } catch (FileAlreadyExistsException e) {
      throw Failure.failed(
          "conflict", file + " is there already", "banger doctor --bundle --to ANOTHER-FILE");
    } catch (NoSuchFileException e) {
      throw Failure.failed(
          "notFound", "there is no directory " + file.getParent(), "mkdir -p " + file.getParent());
    }
    tell(file, report);
    return 0;
  }

  private Path file(String title) {
    String wanted = call.parsed().value("--to");
    Path file = call.console().directory().resolve(wanted == null ? title + ".tar.gz" : wanted);
    return Files.isDirectory(file) ? file.resolve(title + ".tar.gz") : file;
  }

  private Report collected(String title) {
    Report report = new Report(title);
    report.text("README.txt", () -> README);
    report.json("versions.json", this::versions);
    report.text("config.txt", () -> String.join("\n", ConfigCommands.checked(call).said()) + "\n");
    Directories directories = Directories.from(call.console().env());
    report.text(
        "daemon.log",
        () -> String.join("\n", new DaemonLog(directories.daemonLog()).tail(0, LOG_LINES)) + "\n");
    try {
      call.client();
    } catch (Failure e) {
      String why = e.getMessage();
      report.text(
          "doctor.json, status.json and all else that the daemon knows",
          () -> {
            throw new IOException(why);
          });
      return report;
    }
    report.json("doctor.json", () -> asked("doctor.run"));
    report.json("status.json", () -> asked("daemon.status"));
    report.json("config.json", () -> asked("config.show"));
    report.json("vms.json", this::vms);
    report.json("operations.json", () -> asked("op.list"));
    report.json("plugins.json", () -> asked("plugin.list"));
    return report;
  }

  /** On a connection of its own: one that was given up on would have the late answer in it. */
  private Json asked(String method) {
    try (var client = call.newClient()) {
      return client.call(method, Json.build().done(), PATIENCE);
    }
  }

  private Json vms() {
    try (var client = call.newClient()) {
      Json all =
          client.call(
              "vm.show",
              Json.build().put("refs", Json.array(List.of())).put("all", true).done(),
              PATIENCE);
      List<Json> vms = new ArrayList<>();
      for (Json result : all.get("results").elements()) {
        vms.add(result.has("vm") ? result.get("vm") : result);
      }
      return Json.array(vms);
    }
  }

  private Json versions() throws IOException {
    return Json.build()
        .put("banger", BuildVersion.VERSION)
        .put("java", Runtime.version().toString())
        .put("kernel", read("/proc/version"))
        .put("distribution", read("/etc/os-release"))
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("memory", read("/proc/meminfo").lines().findFirst().orElse(""))
        .done();
  }

  private static String read(String file) throws IOException {
    Path path = Path.of(file);
    return Files.isReadable(path) ? Files.readString(path).strip() : "";
  }

  private void tell(Path file, Report report) {
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("file", file.toString())
              .put("files", Json.strings(report.names()))
              .put("problems", Json.strings(report.problems()))
              .done());
      return;
    }
    call.say(file.toString());
    if (call.isQuiet()) {
      return;
    }
    for (String problem : report.problems()) {
      call.warn(problem);
    }
    call.note(
        report.names().size()
            + " files, without what looks like a secret; look through it before you give it away: tar xzf "
            + file.getFileName());
  }
}
