package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code banger plugin dev}. */
public final class PluginDev implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("run a plugin from its build folder, loaded anew at each build")
        .description(
            """
            Watches DIR/target/classes and DIR/target/lib. An error is told and the next build tried.
            Ctrl-C ends it: what was installed under that id before is in force again. Exit code 130.
            With -o json: a line {"result":...} or {"error":...} each time.\
            """)
        .positional("DIR", "path", 1, 1, "the plugin's project")
        .example("banger plugin dev ./audit");
  }

  @Override
  public int run(Invocation call) throws InterruptedException {
    Path project = Path.of(PluginCommand.absolute(call.console(), call.parsed().argument(0)));
    if (!Files.isDirectory(project)) {
      throw Failure.usage("there is no directory " + project, "banger plugin new " + project);
    }
    // Without a daemon there is nothing to wait for.
    call.newClient().close();
    new DevSession(call, project).run();
    return Failure.INTERRUPTED;
  }
}
