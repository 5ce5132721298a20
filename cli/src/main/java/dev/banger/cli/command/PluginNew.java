package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;

/** {@code banger plugin new}. */
public final class PluginNew implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("write a new plugin's project, ready to build")
        .positional("DIR", "path", 1, 1, "where to; must not exist yet, or be empty")
        .value("--id", "ID", "the plugin's id (default: the name of DIR)")
        .value("--package", "NAME", "the Java package")
        .example("banger plugin new ./audit");
  }

  @Override
  public int run(Invocation call) {
    throw Failure.failed("unavailable", "banger plugin new is not there yet", "");
  }
}
