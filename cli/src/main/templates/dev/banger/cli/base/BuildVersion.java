package dev.banger.cli.base;

/** The version this was built as. */
public final class BuildVersion {
  public static final String VERSION = "${project.version}";

  private BuildVersion() {}
}
